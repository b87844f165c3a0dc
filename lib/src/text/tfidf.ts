/**
 * Term weights of texts: term frequency times smoothed inverse document frequency, rows of length 1. The
 * first half of the lexical table; knows no items, only lists of words.
 */
import type { SparseMatrix } from './sparseMatrix';

/**
 * Documents x distinct words. Weight of word w in document i: count * (1 + ln((1 + N) / (1 + documents with
 * w))), each row then divided by its Euclidean length (a document without words stays a zero row). Columns
 * are in order of first appearance.
 */
export function tfidf(documents: readonly (readonly string[])[]): SparseMatrix {
  const columnOf = new Map<string, number>();
  const documentFrequency: number[] = [];
  const counts = documents.map((words) => {
    const count = new Map<number, number>();
    for (const word of words) {
      let column = columnOf.get(word);
      if (column === undefined) {
        column = columnOf.size;
        columnOf.set(word, column);
        documentFrequency.push(0);
      }
      const before = count.get(column);
      if (before === undefined) documentFrequency[column]++;
      count.set(column, (before ?? 0) + 1);
    }
    return count;
  });

  const entries = counts.reduce((sum, count) => sum + count.size, 0);
  const offsets = new Int32Array(documents.length + 1);
  const indices = new Int32Array(entries);
  const values = new Float64Array(entries);
  let p = 0;
  counts.forEach((count, i) => {
    let squares = 0;
    const start = p;
    for (const [column, frequency] of count) {
      const weight = frequency * (1 + Math.log((1 + documents.length) / (1 + documentFrequency[column])));
      indices[p] = column;
      values[p++] = weight;
      squares += weight * weight;
    }
    for (let q = start; q < p; q++) values[q] /= Math.sqrt(squares);
    offsets[i + 1] = p;
  });
  return { rows: documents.length, columns: columnOf.size, offsets, indices, values };
}

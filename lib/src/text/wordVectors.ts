/**
 * Word vectors from counts: which tokens occur together in a corpus (positive pointwise mutual information,
 * reduced by a truncated SVD; Levy and Goldberg 2014 show that word2vec does the same implicitly). This takes
 * seconds, a network hours; the small language model of the embedded data starts from them. For item tables
 * see lexicalTable.ts.
 */
import { InputError } from '../errors';
import type { SparseMatrix } from './sparseMatrix';
import { truncatedSvd } from './truncatedSvd';

/**
 * Row v of the result, [vocabulary, dim] row-major, is the vector of token v: its left singular vectors'
 * coordinates, columns of mean square 1. Two tokens keep company if they occur in one text, whatever is
 * between them. Tokens that keep none, and columns beyond the rank, are zero.
 */
export function wordVectors(
  texts: readonly Int32Array[],
  vocabulary: number,
  dim: number,
  seed: number,
): Float32Array {
  const { left } = truncatedSvd(sharedCompany(texts, vocabulary), dim, seed);
  const vectors = new Float32Array(vocabulary * dim);
  left.forEach((column, k) => {
    const scale = Math.sqrt(vocabulary);
    for (let v = 0; v < vocabulary; v++) vectors[v * dim + k] = scale * column[v];
  });
  return vectors;
}

/**
 * max(0, ln p(v, w) / (p(v) p(w))) over ordered pairs of different places of one text, [vocabulary,
 * vocabulary].
 */
function sharedCompany(texts: readonly Int32Array[], vocabulary: number): SparseMatrix {
  const counts = Array.from({ length: vocabulary }, () => new Map<number, number>());
  const totals = new Float64Array(vocabulary);
  let total = 0;
  for (const text of texts) {
    for (const token of text) {
      if (!(token >= 0 && token < vocabulary))
        throw new InputError('wordVectors', `expected tokens from 0 to ${vocabulary - 1}, got ${token}`);
      totals[token] += text.length - 1;
      total += text.length - 1;
    }
    for (let i = 0; i < text.length; i++) {
      const row = counts[text[i]];
      for (let j = 0; j < text.length; j++) if (i !== j) row.set(text[j], (row.get(text[j]) ?? 0) + 1);
    }
  }
  const rows = counts.map((row, v) =>
    [...row]
      .map(([w, n]) => [w, Math.log((n * total) / (totals[v] * totals[w]))] as const)
      .filter(([, information]) => information > 0)
      .sort(([a], [b]) => a - b),
  );
  const offsets = new Int32Array(vocabulary + 1);
  rows.forEach((row, v) => (offsets[v + 1] = offsets[v] + row.length));
  return {
    rows: vocabulary,
    columns: vocabulary,
    offsets,
    indices: Int32Array.from(rows.flatMap((row) => row.map(([w]) => w))),
    values: Float64Array.from(rows.flatMap((row) => row.map(([, information]) => information))),
  };
}

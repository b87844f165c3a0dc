/**
 * Text similarity: ranks items by the cosine of their table row and the mean of the history's rows, newer
 * items weighing more. With a TF-IDF table this is the lexical baseline; with a language model's table it is
 * "the PLM alone". Nothing is trained.
 */
import type { Dataset } from '../../data';
import { InputError } from '../../errors';
import type { Scorer } from '../scorer';
import { scoreRows } from './scoreRows';

/** Rows by item id as in text/itemTable: [items + 1, dim], row 0 unused. */
export interface TextTable {
  rows: number;
  dim: number;
  data: Float32Array;
}

/**
 * Scores each item by the cosine of its row in `table` with the mean of the history's last `recent` rows, an
 * older row weighing `decay` times the next newer one.
 * @throws InputError for a table that has other than items + 1 rows.
 * @example
 * ```ts
 * import { readOwn } from 'elephant';
 * import { evaluate, textSimilarity } from 'elephant/evaluation';
 * import { lexicalTable } from 'elephant/models';
 * const dataset = await readOwn('examples/shop');
 * const words = lexicalTable(dataset.itemTexts, 8, 1); // TF-IDF, reduced to 8 columns, seed 1
 * console.log((await evaluate(dataset, textSimilarity(dataset, words))).metrics.full['NDCG@10']);
 * ```
 */
export function textSimilarity(
  dataset: Dataset,
  table: TextTable,
  { name = 'text similarity', recent = 10, decay = 0.8 } = {},
): Scorer {
  if (table.rows !== dataset.items + 1) {
    throw new InputError(
      `text similarity for ${dataset.name}`,
      `expected a table of ${dataset.items + 1} rows, got ${table.rows}`,
      'Encode the items of this dataset',
    );
  }
  const { dim } = table;
  const unit = normalisedRows(table);
  const query = new Float64Array(dim);
  return scoreRows(dataset, name, (row, history) => {
    query.fill(0);
    let weight = 1;
    for (let i = history.length - 1; i >= Math.max(0, history.length - recent); i--, weight *= decay) {
      for (let j = 0; j < dim; j++) query[j] += weight * unit[history[i] * dim + j];
    }
    for (let item = 1; item <= dataset.items; item++) {
      let dot = 0;
      for (let j = 0, at = item * dim; j < dim; j++, at++) dot += query[j] * unit[at];
      row[item] = dot;
    }
  });
}

function normalisedRows({ rows, dim, data }: TextTable): Float32Array {
  const unit = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) {
    let squares = 0;
    for (let j = r * dim; j < (r + 1) * dim; j++) squares += data[j] ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = r * dim; j < (r + 1) * dim; j++) unit[j] = data[j] * scale;
  }
  return unit;
}

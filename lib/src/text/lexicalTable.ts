/**
 * The lexical item table: TF-IDF over the words of title, brand and category, reduced to `dim` by a truncated
 * SVD. It uses no language model, so it shows what the mere words are worth, as a baseline for LF, PT and FT.
 */
import type { ItemText } from '../data/types';
import { InputError } from '../errors';
import { type ItemTable, withPaddingRow } from './itemTable';
import { tfidf } from './tfidf';
import { truncatedSvd } from './truncatedSvd';
import { itemWords } from './words';

/**
 * An item table from words alone: TF-IDF over title, brand and category, reduced to `dim` columns by a
 * truncated SVD.
 *
 * Row i = left singular vectors times singular values of item i's TF-IDF row; every row has length at most 1,
 * and inner products of rows approximate the cosine of the texts. Columns beyond the rank of the texts are
 * zero, as are rows of items without a word. Equal input and seed, equal table. @throws InputError for a
 * `dim` that is no positive integer.
 * @example
 * ```ts
 * import { readOwn, trainRecommender } from 'elephant';
 * import { lexicalTable } from 'elephant/models';
 * const dataset = await readOwn('examples/shop');
 * const table = lexicalTable(dataset.itemTexts, 16, 1);
 * await trainRecommender({ dataset, table, variant: 'trainable', model: 'sasrec', loss: 'ce', epochs: 5 });
 * ```
 */
export function lexicalTable(itemTexts: readonly ItemText[], dim: number, seed: number): ItemTable {
  if (!Number.isInteger(dim) || dim < 1)
    throw new InputError('lexicalTable', `expected dim to be a positive integer, got ${dim}`);
  const { values, left } = truncatedSvd(tfidf(itemTexts.map(itemWords)), dim, seed);
  const vectors = new Float32Array(itemTexts.length * dim);
  left.forEach((vector, k) => {
    for (let i = 0; i < vector.length; i++) vectors[i * dim + k] = vector[i] * values[k];
  });
  return withPaddingRow(vectors, itemTexts.length, dim);
}

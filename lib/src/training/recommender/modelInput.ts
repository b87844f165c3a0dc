/** What a model reads of a history to say what comes next. */
import { recommenderModel } from './models';
import type { RecommenderOptions } from './options';

/**
 * The newest ids of `history` (oldest first), and after them the model's question if it asks one: together at
 * most maxLength ids.
 */
export function modelInput(
  history: Int32Array,
  { model, maxLength }: Pick<RecommenderOptions, 'model' | 'maxLength'>,
  items: number,
): Int32Array {
  const { question } = recommenderModel(model);
  const asked = question === undefined ? [] : [question(items)];
  const known = Math.min(history.length, maxLength - asked.length);
  const input = new Int32Array(known + asked.length);
  input.set(history.subarray(history.length - known));
  input.set(asked, known);
  return input;
}

/**
 * What evaluation needs of anything that ranks: scores of all items for some users. Trained models, baselines and the
 * simulation's oracle implement it. The border between evaluation and the rest.
 */
import type { EvaluationSplit } from '../data';

export interface Scorer {
  /** For error messages and tables. */
  readonly name: string;
  /**
   * Scores for the evaluation users first..first+count-1 (indices into dataset.evaluationUsers), from what may be known before
   * the target of `split`. Row-major [count, items + 1], column = item id; column 0 is padding and ignored unless asked for (D13).
   * The array may be reused by the next call. Must not depend on how the users are divided into calls.
   */
  scores(split: EvaluationSplit, first: number, count: number): Float32Array | Promise<Float32Array>;
}

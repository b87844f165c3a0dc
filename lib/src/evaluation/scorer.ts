/**
 * What evaluation needs from anything that ranks. Trained models, baselines and the simulation's oracle
 * implement one of two forms: all scores (simple), or counts of scores (so a model need not return a matrix
 * of users x items).
 */
import type { EvaluationSplit } from '../data';
import type { TieRule } from './metrics';

/** Gives scores. */
export interface Scorer {
  /** For error messages and tables. */
  readonly name: string;
  /** How its ties are counted by default; "optimistic" if not given. */
  readonly ties?: TieRule;
  /**
   * Scores for the evaluation users first..first+count-1 (indices into dataset.evaluationUsers), from what
   * may be known before the target of `split`. Row-major [count, items + 1], column = item id; column 0 is
   * padding and ignored unless asked for (D13). The array may be reused by the next call. Must not depend on
   * how the users are divided into calls.
   */
  scores(split: EvaluationSplit, first: number, count: number): Float32Array | Promise<Float32Array>;
}

/** What is asked about some users at once. */
export interface RankQuestion {
  split: EvaluationSplit;
  /** Evaluation users first..first+targets.length-1. */
  first: number;
  /** The item to be ranked, per user. */
  targets: Int32Array;
  /**
   * Items whose scores are wanted, all users' one after another; those of user k are offsets[k]..offsets[k +
   * 1] - 1.
   */
  items: Int32Array;
  offsets: Int32Array;
}

/** Arrays of the answer's own, one entry per user of the question but for `scores`. */
export interface RankAnswer {
  /** Items 1..V with a strictly higher score than the target, per user. */
  above: Int32Array;
  /** Items 1..V but the target with exactly its score, per user. */
  ties: Int32Array;
  targetScores: Float32Array;
  /** Scores of the question's `items`, in their order. */
  scores: Float32Array;
}

/**
 * Counts scores itself. Scores must be finite (it throws otherwise) and not depend on how the users are
 * divided into calls.
 */
export interface RankCounter {
  readonly name: string;
  readonly ties?: TieRule;
  /** Counts for the users of `question`. */
  count(question: RankQuestion): Promise<RankAnswer>;
}

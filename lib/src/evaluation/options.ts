/** What can be chosen of an evaluation: protocol, split, negatives, ties, candidates. */
import type { NegativeDistribution } from '../data/negatives';
import type { EvaluationSplit } from '../data/splits';
import { oneOf } from '../schema';
import { TIE_RULES, type TieRule } from './metrics';

/** The three candidate sets that every evaluation ranks in at once. */
export const PROTOCOLS = ['sampled', 'full', 'fullMasked'] as const;
/**
 * "sampled": the target among the user's 100 negatives. "full": among all items, nothing masked, as the
 * authors rank. "fullMasked": all items but those of the user's history, as most of the field ranks; a target
 * that is in the history stays.
 */
export type Protocol = (typeof PROTOCOLS)[number];

/** Options that are one of several names; those of a training take the same. */
export const EVALUATION_NAMES = {
  split: oneOf('split', ['validation', 'test']),
  negativeDistribution: oneOf('distribution', ['uniform', 'popularity']),
  ties: oneOf('tie rule', TIE_RULES),
  candidates: oneOf('value', ['all', 'trained']),
};
/** What is ranked, and how ranks are counted. */
export interface EvaluateOptions {
  split?: EvaluationSplit;
  /**
   * Negatives per user of the sampled protocol, 100 by default; fewer if the catalogue is too small for some
   * user.
   */
  negatives?: number;
  /** D44: how those negatives are drawn, "uniform" by default. */
  negativeDistribution?: NegativeDistribution;
  /** By default the ranker's own: "mean" for baselines, "optimistic" for everything else. */
  ties?: TieRule;
  /** D13: the padding class 0 competes in the full protocols, as coded; by default it does not. */
  paddingClass?: boolean;
  /** D32: "trained": items without any training interaction do not compete; by default all items do. */
  candidates?: 'all' | 'trained';
  /** Users scored at once. No effect on results. */
  batch?: number;
  /** Indices into dataset.evaluationUsers are 0..limit-1: a quick look at the first users only. */
  limit?: number;
  signal?: AbortSignal;
}

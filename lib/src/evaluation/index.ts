/** What the evaluation room offers to the rooms above it. */
export * from './baselines';
export {
  evaluate,
  EVALUATION_NAMES,
  PROTOCOLS,
  requireEvaluationUsers,
  type Evaluation,
  type EvaluateOptions,
  type Protocol,
} from './evaluate';
export {
  CUTOFFS,
  gain,
  perUser,
  rankingMetrics,
  rankOf,
  type MetricName,
  type MetricOptions,
  type Metrics,
  type Ranks,
  type TieRule,
} from './metrics';
export type { RankAnswer, RankCounter, RankQuestion, Scorer } from './scorer';

/** What the evaluation room offers to the rooms above it. */
export * from './baselines';
export { evaluate, requireEvaluationUsers, type Evaluation } from './evaluate';
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
export { PROTOCOLS, type EvaluateOptions, type Protocol } from './options';
export type { RankAnswer, RankCounter, RankQuestion, Scorer } from './scorer';

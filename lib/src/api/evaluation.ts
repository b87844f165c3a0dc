/**
 * Ranking protocols, metrics, counting baselines.
 *
 * @module elephant/evaluation
 */
export {
  CUTOFFS,
  evaluate,
  gain,
  itemKnn,
  perUser,
  popularity,
  PROTOCOLS,
  randomScores,
  rankingMetrics,
  rankOf,
  textSimilarity,
  transition,
  type EvaluateOptions,
  type Evaluation,
  type ItemKnnOptions,
  type MetricName,
  type MetricOptions,
  type Metrics,
  type Protocol,
  type RankAnswer,
  type RankCounter,
  type RankQuestion,
  type Ranks,
  type Scorer,
  type TieRule,
} from '../evaluation';

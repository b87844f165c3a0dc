/** What the experiments, the command line and the notebooks use to train recommenders. */
export { type GridPoint, type GridResult, LEARNING_RATES, learningRateGrid } from './learningRateGrid';
export {
  evaluationOptions,
  type GivenOptions,
  MODELS,
  VARIANTS,
  type RecommenderOptions,
  recommenderOptions,
  recommenderSchema,
} from './options';
export { type LossName, LOSSES, type RecommenderLoss } from '../losses';
export type { Catalogue } from './catalogue';
export { type BaselineComparison, baselineWarning } from './compareWithBaselines';
export { exportedKeysPath, type ExportOptions, exportRecommender } from './exportRecommender';
export { neighbourTable } from './neighbourTable';
export { defaultPreset, type Preset, presetOptions, PRESETS } from './presets';
export { recommend, type Recommendation, type RecommendOptions } from './recommend';
export type { RunRequest } from './runWorker';
export {
  openRecommender,
  type Recommender,
  type SavedRecommender,
  saveRecommender,
} from './savedRecommender';
export { type FailedRun, type ParallelOptions, trainInParallel } from './trainInParallel';
export { type RecommenderResult, type TrainRecommender, trainRecommender } from './trainRecommender';

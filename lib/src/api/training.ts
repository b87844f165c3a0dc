/**
 * Training of recommenders, their programs and losses, packing of histories, and the generic trainer.
 *
 * @module elephant/training
 */
export {
  exportRecommender,
  LEARNING_RATES,
  learningRateGrid,
  MODELS,
  neighbourTable,
  openRecommender,
  presetOptions,
  PRESETS,
  recommend,
  recommenderOptions,
  saveRecommender,
  trainInParallel,
  trainRecommender,
  VARIANTS,
  type BaselineComparison,
  type Catalogue,
  type ExportOptions,
  type FailedRun,
  type GivenOptions,
  type GridPoint,
  type GridResult,
  type ParallelOptions,
  type Preset,
  type Recommendation,
  type RecommendOptions,
  type Recommender,
  type RecommenderOptions,
  type RecommenderResult,
  type RunRequest,
  type SavedRecommender,
  type TrainRecommender,
} from '../training/recommender';
export {
  LOSSES,
  type AllItemsLoss,
  type AllItemsVectors,
  type DrawnItems,
  type LossName,
  type LossOptions,
  type NegativesLoss,
  type NegativesVectors,
  type RecommenderLoss,
} from '../training/losses';
export { trainingProgram, type TrainingShape, userEncoderProgram } from '../training/recommender/programs';
export { packSequences, type PackedBatch } from '../training/recommender/packedFeeds';
export {
  checkpointFolder,
  train,
  type EpochLog,
  type Trainee,
  type TrainerOptions,
  type TrainingCheckpoint,
  type TrainingProgress,
  type TrainingResult,
} from '../training';

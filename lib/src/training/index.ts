/** What the training room offers to the rooms above it. */
export * from './recommender';
export { checkpointFolder } from './checkpointFolder';
export {
  train,
  type Trainee,
  type TrainerOptions,
  type TrainingProgress,
  type TrainingResult,
} from './trainer';
export type { EpochLog, TrainingCheckpoint } from './trainingCheckpoint';

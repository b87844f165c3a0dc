/** What the training room offers to the rooms above it. */
export * from './recommender';
export { checkpointFolder } from './checkpointFolder';
export {
  train,
  type EpochLog,
  type Trainee,
  type TrainerOptions,
  type TrainingCheckpoint,
  type TrainingProgress,
  type TrainingResult,
} from './trainer';

/**
 * Training of recommenders, their programs and losses, packing of histories, and the generic trainer.
 *
 * @module elephant/training
 */
export * from '../training';
export * from '../training/losses';
export { trainingProgram, type TrainingShape, userEncoderProgram } from '../training/recommender/programs';
export { packSequences, type PackedBatch } from '../training/recommender/packedFeeds';

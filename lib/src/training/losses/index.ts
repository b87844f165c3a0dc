/**
 * Losses that need drawn negatives, as functions of vectors, labels and weights; the full softmax is the
 * engine's meanLinearCrossEntropy.
 */
export { binaryCrossEntropyLoss } from './binaryCrossEntropy';
export { sampledSoftmaxLoss, type SampledSoftmaxInputs } from './sampledSoftmax';

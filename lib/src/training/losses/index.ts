/** The losses, as functions of vectors, labels and weights. */
export { binaryCrossEntropyLoss } from './binaryCrossEntropy';
export { POSITIONS_PER_CHUNK, fullSoftmaxLoss, type FullSoftmaxInputs } from './fullSoftmax';
export { sampledSoftmaxLoss, type SampledSoftmaxInputs } from './sampledSoftmax';

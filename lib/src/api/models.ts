/**
 * `elephant/models`: parameters and forward passes of the recommenders and the text encoder, as plain
 * functions of TensorFlow.js tensors; reading and writing of published language models.
 */
export * from '../models/sasrec';
export * from '../models/bert4rec';
export * from '../models/longformer';
export { encoder, type EncoderOptions, type EncoderOutputs } from '../models/encoder/encoder';
export { itemVectors } from '../models/itemEmbedding';
export { packedSpecs, type PackedFeeds } from '../models/packedAttention';
export { createRandom, type Random } from '../random';

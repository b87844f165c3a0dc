/**
 * Parameters and forward passes of the recommenders and the text encoder, as plain functions of TensorFlow.js
 * tensors; reading and writing of published language models; item tables.
 *
 * @module elephant/models
 */
export * from '../models/sasrec';
export * from '../models/bert4rec';
export * from '../models/published';
export * from '../models/itemTables';
export type { LanguageModel, Pooling } from '../models/languageModel';
export { encoder, type EncoderOptions, type EncoderOutputs } from '../models/encoder/encoder';
export { itemVectors } from '../models/itemEmbedding';
export { packedSpecs, type PackedFeeds } from '../models/packedAttention';
export { lexicalTable, loadTokenizer, type ItemTable, type SpecialTokens, type Tokenizer } from '../text';
export { createRandom, type Random } from '../random';

/**
 * Parameters and forward passes of the recommenders and the text encoder, as plain functions of TensorFlow.js
 * tensors; reading and writing of published language models; item tables.
 *
 * @module elephant/models
 */
export { SASREC_DEFAULTS, sasrec, sasrecBody, sasrecTable, type SASRecOptions } from '../models/sasrec';
export {
  bert4rec,
  BERT4REC_DEFAULTS,
  bert4recBody,
  bert4recClasses,
  bert4recTable,
  maskToken,
  type BERT4RecOptions,
} from '../models/bert4rec';
export { itemVectors } from '../models/itemEmbedding';
export { packedSpecs, type PackedFeeds } from '../models/packedAttention';
export { encoder, type EncoderOptions, type EncoderOutputs } from '../models/encoder/encoder';
export {
  loadModel,
  saveModel,
  toRecformer,
  type LoadReport,
  type RecformerOptions,
} from '../models/published';
export {
  encodeTable,
  readItemTable,
  type EncodedTable,
  type EncodeProgress,
  type EncodeTableOptions,
  type ReadItemTableOptions,
} from '../models/itemTables';
export type { LanguageModel, Pooling } from '../models/languageModel';
export { lexicalTable, loadTokenizer, type ItemTable, type SpecialTokens, type Tokenizer } from '../text';
export { createRandom, type Random } from '../random';

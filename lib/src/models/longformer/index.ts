/** Published language models: reading, converting, saving, encoding catalogues. */
export { type LanguageModel, type LoadReport, loadModel } from './loadModel';
export { saveModel } from './saveModel';
export { type RecformerOptions, toRecformer } from './toRecformer';
export { modelFingerprint } from './fingerprint';
export { itemSequences } from './itemSequences';
export {
  type EncodedTable,
  type EncodeProgress,
  type EncodeTableOptions,
  encodeTable,
  itemKeysPath,
  readTable,
  TABLE_TENSOR,
} from './encodeTable';
export { wordMeanTable } from './wordMeanTable';

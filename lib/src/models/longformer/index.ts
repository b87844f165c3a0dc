/** Published language models: reading, converting, saving, encoding catalogues. */
export { type LanguageModel, type LoadReport, loadModel } from './loadModel';
export { saveModel } from './saveModel';
export { type RecformerOptions, toRecformer } from './toRecformer';
export { modelFingerprint } from './fingerprint';
export { itemInputs } from './itemSequences';
export { encoderFolder, type Pooling } from './sentenceForm';
export { type EncodedTable, type EncodeProgress, type EncodeTableOptions, encodeTable } from './encodeTable';
export { itemKeysPath, readItemTable, type ReadItemTableOptions, TABLE_TENSOR } from './readItemTable';

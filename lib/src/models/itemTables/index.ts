/** Item tables of language models: the inputs of items, encoding a catalogue, reading its table. */
export { itemInputs } from './itemSequences';
export { type EncodedTable, type EncodeProgress, type EncodeTableOptions, encodeTable } from './encodeTable';
export { itemKeysPath, readItemTable, type ReadItemTableOptions, TABLE_TENSOR } from './readItemTable';
export { modelFingerprint } from './modelFingerprint';

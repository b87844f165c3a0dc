/** What the text room offers to the rooms above it. */
export { type ItemTable, checkItemTable, withPaddingRow } from './itemTable';
export { lexicalTable } from './lexicalTable';
export { rescaledTable, sameSpectrumTable, whitenedTable } from './controlItemTables';
export {
  type SpecialTokens,
  type Tokenizer,
  loadTokenizer,
  tokenizerFromJson,
  wordStarts,
} from './tokenizer';
export { trainBpe } from './trainBpe';
export {
  INPUT_LIMITS,
  type InputLimits,
  type ItemTokens,
  type SequenceTokens,
  itemInput,
  sequenceInput,
  singleItemInput,
} from './recformerInput';
export { itemTokensKey, tokenizeItems } from './itemTokens';

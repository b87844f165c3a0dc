/**
 * Item texts as tokens, and as vectors that no language model made.
 *
 * @module elephant/text
 */
export {
  INPUT_LIMITS,
  itemInput,
  lexicalTable,
  loadTokenizer,
  rescaledTable,
  sameSpectrumTable,
  sequenceInput,
  singleItemInput,
  tokenizeItems,
  tokenizerFromJson,
  trainBpe,
  whitenedTable,
  withPaddingRow,
  wordStarts,
  type InputLimits,
  type ItemTable,
  type ItemTokens,
  type SequenceTokens,
  type SpecialTokens,
  type Tokenizer,
} from '../text';
export { wordVectors } from '../text/wordVectors';

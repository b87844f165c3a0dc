/**
 * Item texts as tokens, and as vectors that no language model made.
 *
 * @module elephant/text
 */
export * from '../text';
export { wordVectors } from '../text/wordVectors';

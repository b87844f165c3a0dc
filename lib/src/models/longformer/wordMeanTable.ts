/**
 * Control table: the mean of a language model's word vectors over an item's tokens, without any of its
 * layers. It shows what the vocabulary alone knows, without the encoder.
 */
import type { ItemText } from '../../data/types';
import { type ItemTable, withPaddingRow } from '../../text/itemTable';
import type { Tokenizer } from '../../text/tokenizer';
import { checkTokenizer, plainText } from './itemSequences';
import type { LanguageModel } from './loadModel';

/**
 * An item table without any layer of the model: the mean of its word vectors over an item's tokens, [items +
 * 1, d]. Rows of items without a token are zero.
 * @throws InputError if tokenizer and model do not belong together.
 */
export function wordMeanTable(
  model: LanguageModel,
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
): ItemTable {
  checkTokenizer(tokenizer, model.config);
  const d = model.config.hidden;
  const words = model.weights['embeddings/words'].data;
  const vectors = new Float32Array(texts.length * d);
  texts.forEach((text, i) => {
    const tokens = tokenizer.encode(plainText(text));
    for (const token of tokens)
      for (let j = 0; j < d; j++) vectors[i * d + j] += words[token * d + j] / tokens.length;
  });
  return withPaddingRow(vectors, texts.length, d);
}

/**
 * Items as inputs of a language model: RECFORMER's attribute form for windowed models (method 3.2), `[CLS]
 * text [SEP]` for sentence encoders such as MiniLM, which were trained on plain text.
 */
import type { ItemText } from '../../data/types';
import { InputError } from '../../errors';
import { tokenizeItems } from '../../text/itemTokens';
import { INPUT_LIMITS, type InputLimits, singleItemInput, TOKEN_TYPES } from '../../text/recformerInput';
import type { Tokenizer } from '../../text/tokenizer';
import type { EncoderConfig } from '../encoder/config';
import type { EncoderSequence } from '../encoder/packing';

/**
 * One sequence per item, in the order of the texts. @throws InputError where tokenizer and model do not
 * belong together.
 */
export function itemSequences(
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  config: EncoderConfig,
  limits: InputLimits = INPUT_LIMITS,
): EncoderSequence[] {
  checkTokenizer(tokenizer, config);
  const { cls, sep } = tokenizer.special;
  if (config.attention === 'window') {
    if (config.tokenTypes <= TOKEN_TYPES.value || config.itemPositions < 2) {
      throw new InputError(
        'items',
        'expected a model with token types for names and values and with item positions, got ' +
          `${config.tokenTypes} token types and ${config.itemPositions} item positions`,
        'A published Longformer is made one with toRecformer',
      );
    }
    return tokenizeItems(texts, tokenizer, limits).map((item) => singleItemInput(item, cls, limits));
  }
  const room =
    Math.min(config.positions - config.positionOffset, limits.maxAttributes * limits.maxAttributeLength + 2) -
    2;
  return texts.map((text) => ({
    tokens: Int32Array.from([cls, ...tokenizer.encode(plainText(text)).slice(0, room), sep]),
  }));
}

/** Title, brand and category that are not empty, joined by spaces. */
export function plainText({ title, brand, category }: ItemText): string {
  return [title, brand, category].filter((part) => part !== '').join(' ');
}

/** A tokenizer with more ids than the word table has rows would read beyond it. */
export function checkTokenizer(tokenizer: Tokenizer, config: EncoderConfig): void {
  if (tokenizer.vocabularySize > config.vocabulary) {
    throw new InputError(
      'tokenizer',
      `expected at most ${config.vocabulary} tokens as in the model's word table, got ` +
        `${tokenizer.vocabularySize}`,
      'Tokenizer and model do not belong together',
    );
  }
}

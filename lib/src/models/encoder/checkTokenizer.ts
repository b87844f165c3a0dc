/** Whether a tokenizer belongs to an encoder, as far as its size says. */
import { InputError } from '../../errors';
import type { Tokenizer } from '../../text/tokenizer';
import type { EncoderConfig } from './config';

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

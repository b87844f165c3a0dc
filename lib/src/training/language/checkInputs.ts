/**
 * Refuses a language stage whose model, tokens and limits do not fit together, before anything is compiled.
 * Otherwise an id beyond a table's last row would fail deep in the engine, or read something else.
 */
import { InputError } from '../../errors';
import type { EncoderConfig } from '../../models/encoder/config';
import { type InputLimits, type ItemTokens, TOKEN_TYPES } from '../../text/recformerInput';

/** @throws InputError: what does not fit, and what to do. */
export function checkRecformerInputs(
  where: string,
  config: EncoderConfig,
  limits: InputLimits,
  items: Iterable<ItemTokens>,
): void {
  if (config.attention !== 'window' || config.tokenTypes <= TOKEN_TYPES.value) {
    throw new InputError(
      where,
      `expected a windowed encoder with token types for names and values, got ${config.attention} ` +
        `attention and ${config.tokenTypes} token types`,
      'Turn it into one with toRecformer',
    );
  }
  if (limits.maxItems >= config.itemPositions) {
    throw new InputError(
      where,
      `expected at most ${config.itemPositions - 1} items in a sequence, as the model has item ` +
        `positions, got maxItems ${limits.maxItems}`,
      'Lower limits.maxItems',
    );
  }
  const room = config.positions - config.positionOffset;
  if (limits.maxTokens > room) {
    throw new InputError(
      where,
      `expected at most ${room} tokens in a sequence, as the model has positions, got maxTokens ` +
        `${limits.maxTokens}`,
      'Lower limits.maxTokens, or make the model with more positions (toRecformer)',
    );
  }
  for (const { tokens } of items) checkTokens(where, config, tokens);
}

/** Checks that the tokens are within the word table. */
function checkTokens(where: string, { vocabulary }: EncoderConfig, tokens: Int32Array): void {
  const wrong = tokens.find((id) => id < 0 || id >= vocabulary);
  if (wrong !== undefined) {
    throw new InputError(
      where,
      `expected tokens from 0 to ${vocabulary - 1} as in the model's word table, got ${wrong}`,
      'Tokenizer and model do not belong together',
    );
  }
}

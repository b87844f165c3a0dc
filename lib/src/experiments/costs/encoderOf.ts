/** The shape of a profile's language model, for its cost; the models themselves come from the stages. */
import { RECFORMER_BASE, type EncoderConfig } from '../../models/encoder/config';
import type { Profile } from '../profiles';

export function encoderOf({
  language: { layers, heads, hidden, window, vocabulary },
  input: { maxTokens },
}: Profile): EncoderConfig {
  return {
    ...RECFORMER_BASE,
    layers,
    heads,
    hidden,
    intermediate: 4 * hidden,
    vocabulary,
    positions: maxTokens + RECFORMER_BASE.positionOffset,
    window,
  };
}

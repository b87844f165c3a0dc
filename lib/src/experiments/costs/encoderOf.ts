/** The shape of a profile's language model, for its cost; the models themselves come from the stages. */
import type { EncoderConfig } from '../../models/encoder/config';
import type { Profile } from '../profiles';

export function encoderOf({
  language: { layers, heads, hidden, window, vocabulary },
  input: { maxTokens },
}: Profile): EncoderConfig {
  return {
    attention: 'window',
    layers,
    heads,
    hidden,
    intermediate: 4 * hidden,
    vocabulary,
    positions: maxTokens + 2,
    positionOffset: 2,
    tokenTypes: 4,
    itemPositions: 51,
    window,
    normEps: 1e-5,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    initializerStd: 0.02,
  };
}

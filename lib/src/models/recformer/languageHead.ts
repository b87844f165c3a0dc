/** The head that predicts masked tokens (method 4.6): dense, gelu, layer norm, linear to the vocabulary. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { gelu, layerNorm } from '../../engine/ops';
import type { NamedTensors } from '../../engine/types';
import type { EncoderConfig } from '../encoder/config';
import { dense } from '../packedAttention';

/** Logits [n, vocabulary] of the hidden vectors [n, d] of masked tokens. */
export function languageHead(params: NamedTensors, hidden: Tensor, { normEps }: EncoderConfig): Tensor2D {
  const transformed = gelu(dense(params, 'head/transform', hidden), 'erf');
  const normed = layerNorm(transformed, params['head/norm/gain'], params['head/norm/bias'], normEps);
  return dense(params, 'head/decoder', normed) as Tensor2D;
}

/** Which providers multiply matrices in half precision, and what an engine says of it. */
import { InputError, unknownName } from '../../errors';
import { type EngineOptions, type Precision, PRECISIONS, type ProviderName } from '../types';

/**
 * Why a provider has no mixed precision. ONNX Runtime's WebGPU shaders also add up in float16
 * (onnxruntime/core/providers/webgpu/math/gemm_utils.cc: the accumulators have the operands' type), and
 * SwiftShader has no float16 at all.
 */
const WITHOUT: Readonly<Partial<Record<ProviderName, string>>> = {
  webgpu: 'its products in float16 also add up in float16',
  tfjs: 'TensorFlow.js has no float16',
};

/** @throws InputError for an unknown precision, and for one that the provider does not have. */
export function checkPrecision(precision: Precision, provider: ProviderName): void {
  if (!PRECISIONS.includes(precision)) throw unknownName('precision', 'precision', precision, PRECISIONS);
  const reason = WITHOUT[provider];
  if (precision === 'mixed' && reason !== undefined)
    throw new InputError(
      'precision',
      `expected a provider with mixed precision (cpu or cuda), got ${provider}: ${reason}`,
      'Leave the precision "single", or choose another provider',
    );
}

/** What follows the threads or the device in an engine's description. */
export function precisionText({ precision }: EngineOptions): string {
  return precision === 'mixed' ? ', mixed precision' : '';
}

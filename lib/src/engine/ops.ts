/**
 * Ops that TensorFlow.js lacks or does slowly, for use in programs: layer norms, gelu, embedding look-up,
 * cross-entropy with integer labels (from logits, or fused with the product that computes them), log-sum-exp.
 * Each is differentiable and runs on every provider, eager or compiled.
 */
export { layerNorm, sampleNorm } from './ops/layerNorm';
export { gelu } from './ops/gelu';
export { embedding } from './ops/embedding';
export { logSumExp, softmaxCrossEntropy, softmaxCrossEntropyWithLabels } from './ops/crossEntropy';
export { meanLinearCrossEntropy, type LinearCrossEntropy } from './ops/linearCrossEntropy';

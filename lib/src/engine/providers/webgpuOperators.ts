/**
 * Which operators ONNX Runtime's WebGPU provider runs, and for which types of their data. This was measured
 * operator by operator on onnxruntime-node 1.30, with fallback to the CPU switched off. Whatever is not here
 * runs on the CPU in the middle of a GPU graph, with two copies; webgpuLowering.ts replaces what it can.
 * test/engine/webgpu.test.ts checks the table.
 *
 * For programs that must give the same bits everywhere: uint32 Add, Sub, Mul, Div, Max, Min and the
 * comparisons are here, and wrap modulo 2^32 as on the CPU. Bitwise operators and shifts are not; a right
 * shift is a Div by a power of two.
 */
import type { Node, ValueDType } from '../graph';

const F: readonly ValueDType[] = ['float32'];
const FI: readonly ValueDType[] = ['float32', 'int32'];
const FIU: readonly ValueDType[] = ['float32', 'int32', 'uint32'];
const FIB: readonly ValueDType[] = ['float32', 'int32', 'bool'];
const B: readonly ValueDType[] = ['bool'];
const FIUB: readonly ValueDType[] = ['float32', 'int32', 'uint32', 'bool'];
const NOT_BOOL: readonly ValueDType[] = ['float32', 'int32', 'uint32'];

/** Types by operator: of the first input, or of what is chosen (Where), or of the source (Cast). */
export const WEBGPU_OPERATORS: Readonly<Record<string, readonly ValueDType[]>> = {
  Add: FIU,
  Sub: FIU,
  Mul: FIU,
  Div: FIU,
  Max: FIU,
  Min: FIU,
  Pow: FI,
  Equal: FIU,
  Greater: FIU,
  Less: FIU,
  GreaterOrEqual: FIU,
  LessOrEqual: FIU,
  And: B,
  Not: B,
  Where: FI,
  Cast: FIUB,
  Clip: FI,
  Abs: F,
  Neg: F,
  Floor: F,
  Ceil: F,
  Sqrt: F,
  Reciprocal: F,
  Exp: F,
  Log: F,
  Erf: F,
  Tanh: F,
  Sigmoid: F,
  Relu: F,
  Softplus: F,
  Sin: F,
  Cos: F,
  Tan: F,
  Asin: F,
  Acos: F,
  Atan: F,
  Sinh: F,
  Cosh: F,
  Asinh: F,
  Acosh: F,
  Atanh: F,
  Elu: F,
  LeakyRelu: F,
  PRelu: F,
  Gelu: F,
  FastGelu: F,
  QuickGelu: F,
  BiasGelu: F,
  Softmax: F,
  LayerNormalization: F,
  SkipLayerNormalization: F,
  ReduceSum: FI,
  ReduceMean: FI,
  ReduceMax: FI,
  ReduceMin: FI,
  ReduceProd: FI,
  ReduceLogSumExp: FI,
  ReduceSumSquare: FI,
  ArgMax: F,
  ArgMin: F,
  CumSum: FI,
  TopK: F,
  Gather: FIB,
  GatherND: F,
  GatherElements: F,
  ScatterND: FI,
  ScatterElements: FI,
  Slice: F,
  Concat: NOT_BOOL,
  Expand: FIUB,
  Transpose: NOT_BOOL,
  Reshape: FIUB,
  Tile: NOT_BOOL,
  Pad: NOT_BOOL,
  Split: FI,
  Identity: NOT_BOOL,
  MatMul: F,
  Gemm: F,
  Einsum: F,
  Trilu: F,
};

/**
 * A shader may bind eight buffers on every device, and one of them is the whole. So a node joins or cuts at
 * most this many parts.
 */
export const MAX_PARTS = 7;

/** The type that decides whether a node runs on WebGPU. */
export function decidingType(node: Node): ValueDType {
  return (node.op === 'Where' ? node.inputs[1] : node.inputs[0]).dtype;
}

/**
 * True if the node runs on WebGPU as it is. A product with the attributes of the tracing backend does not.
 */
export function runsOnWebGpu(node: Node): boolean {
  const types = WEBGPU_OPERATORS[node.op];
  if (types === undefined) return false;
  if (node.op === 'MatMul' && (node.attrs.transA || node.attrs.transB || (node.attrs.alpha ?? 1) !== 1))
    return false;
  if (
    (node.op === 'Concat' && node.inputs.length > MAX_PARTS) ||
    (node.op === 'Split' && node.outputs.length > MAX_PARTS)
  )
    return false;
  return node.inputs.length === 0 || types.includes(decidingType(node));
}

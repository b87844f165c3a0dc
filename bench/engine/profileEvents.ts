/**
 * What ONNX Runtime's profiler wrote of a session, as the kernels of each of its runs. Pure.
 *
 * The file is a JSON list of events in the order in which they ended: for each run its kernels, then
 * "model_run".
 */
import { sizeOf } from '../../lib/src/engine/graph';

/** One node in one run. */
export interface Kernel {
  /** Name of the ONNX operator. */
  operator: string;
  ms: number;
  /** Multiplications and additions of a matrix product; null of anything else. */
  flop: number | null;
}

export const PRODUCTS: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'FusedMatMul']);

/** Shapes by type, e.g. [{float: [2, 3]}, {int64: [1]}]. */
type Shapes = readonly Record<string, readonly number[]>[];

interface ProfileEvent {
  cat: string;
  name: string;
  /** Microseconds. */
  dur: number;
  args: { op_name: string; input_type_shape: Shapes; output_type_shape: Shapes };
}

export function kernelsOfRuns(file: string): Kernel[][] {
  const runs: Kernel[][] = [];
  let kernels: Kernel[] = [];
  for (const { cat, name, dur, args } of JSON.parse(file) as ProfileEvent[]) {
    if (cat === 'Node' && name.endsWith('_kernel_time')) {
      const flop = PRODUCTS.has(args.op_name)
        ? productFlop(shapeOf(args.input_type_shape), shapeOf(args.output_type_shape))
        : null;
      kernels.push({ operator: args.op_name, ms: dur / 1000, flop });
    } else if (name === 'model_run') {
      runs.push(kernels);
      kernels = [];
    }
  }
  return runs;
}

/** Shape of the first tensor. */
function shapeOf([first]: Shapes): readonly number[] {
  return Object.values(first)[0];
}

/**
 * From the shapes of the first factor and the result. Whether a factor was transposed is not among the
 * events, and need not be known.
 */
function productFlop(factor: readonly number[], result: readonly number[]): number {
  const summed = sizeOf(factor.slice(-2)) / result[result.length - 2];
  return 2 * summed * sizeOf(result);
}

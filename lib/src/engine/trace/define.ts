/** How a kernel of the tracing backend is written: a function from values to values. */
import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../graph';
import { traceBackend, TRACE_BACKEND } from './backend';
import type { Recorder } from './recorder';

type KernelInputs = Record<string, Value> & { list: Value[] };
/**
 * Attributes as TensorFlow.js passes them; each kernel file reads those that its kernel is documented to
 * have.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type KernelAttributes = any;
export type KernelFunction = (g: Recorder, inputs: KernelInputs, attrs: KernelAttributes) => Value | Value[];

/** Kernels that can be recorded, by TensorFlow.js name, with the ONNX operators that each becomes. */
export const recordedKernels = new Map<string, readonly string[]>();

/**
 * Registers a kernel. `operators` names the operators that it records (the table of supported kernels is made
 * from it). Inputs given as a list (Concat, Pack, AddN, Einsum) arrive as `inputs.list`.
 */
export function defineKernel(name: string, operators: readonly string[], record: KernelFunction): void {
  recordedKernels.set(name, operators);
  tf.registerKernel({
    kernelName: name,
    backendName: TRACE_BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const named: Record<string, Value> = {};
      const list: Value[] = [];
      for (const [key, info] of Object.entries(inputs ?? {})) {
        if (info == null) continue;
        const value = traceBackend.recorded(info as tf.TensorInfo);
        if (/^\d+$/.test(key)) list.push(value);
        else named[key] = value;
      }
      const result = record(
        traceBackend.current(),
        Object.assign(named, { list }) as KernelInputs,
        attrs ?? {},
      );
      return Array.isArray(result) ? result.map((v) => traceBackend.infoOf(v)) : traceBackend.infoOf(result);
    },
  });
}

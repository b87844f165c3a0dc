/**
 * Every TensorFlow.js kernel that no other file of this folder defines. Recording it fails, and the message
 * names the kernel, its shapes, the place in the user's program, and how to add it. Import after all the
 * others.
 */
import * as tf from '@tensorflow/tfjs-core';
import { TRACE_BACKEND } from '../backend';
import { recordedKernels } from '../define';

/** An op that the engine cannot compile. The message has the op, its shapes and what to do instead. */
export class MissingKernelError extends Error {
  override readonly name = 'MissingKernelError';

  constructor(
    readonly kernel: string,
    shapes: readonly string[],
  ) {
    super(
      `trace: expected a kernel that can be compiled, got ${kernel}(${shapes.join(', ')}). Write the ` +
        'program with other ops, run it ' +
        `with provider "tfjs", or add the kernel: defineKernel('${kernel}', ...) in a file of ` +
        'engine/trace/kernels, with a line in test/engine/kernels.test.ts',
    );
  }
}

const kernelNames = Object.values(tf as unknown as Record<string, unknown>).filter(
  (value): value is string => typeof value === 'string' && /^_?[A-Z][A-Za-z0-9]+$/.test(value),
);

for (const kernelName of kernelNames) {
  if (recordedKernels.has(kernelName)) continue;
  tf.registerKernel({
    kernelName,
    backendName: TRACE_BACKEND,
    kernelFunc: ({ inputs }) => {
      const infos = Object.values(inputs ?? {}).filter((info) => info != null) as tf.TensorInfo[];
      throw new MissingKernelError(
        kernelName,
        infos.map((info) => `${info.dtype}[${info.shape}]`),
      );
    },
  });
}

/** A device that fails while it computes, such as one that is unplugged or out of memory. */
import { expect, test, vi } from 'vitest';
import type { DeviceState } from '../../lib/src/engine/providers/deviceState';
import { DeviceError } from '../../lib/src/engine/providers/deviceError';
import { GraphOnGpu } from '../../lib/src/engine/providers/graphOnGpu';
import type * as ort from '../../lib/src/engine/runtime/onnxRuntime';
import type { Graph } from '../../lib/src/engine/graph';
import { RandomWords } from '../../lib/src/engine/programInputs';
import { InputError } from '../../lib/src/errors';

test('names the device and the program, and says how to resume; the state stays', async () => {
  const session = {
    run: () => Promise.reject(new Error('Device lost: out of memory\n  at ../core/webgpu.cc:12')),
  } as unknown as ort.InferenceSession;
  const state = { replace: vi.fn() };
  const graphOf = { inputs: new Map(), outputs: new Map() } as unknown as Graph;
  const graph = new GraphOnGpu('webgpu', 'train SASRec', session, graphOf, new RandomWords([], 1));
  const failure: unknown = await graph.run(state as unknown as DeviceState, {}, 1).catch((error) => error);
  expect(failure).toBeInstanceOf(DeviceError);
  // The command prints an InputError as one line and ends with exit code 2, without a stack.
  expect(failure).toBeInstanceOf(InputError);
  const { message } = failure as Error;
  expect(message).toBe(
    'webgpu: the device failed during "train SASRec": Device lost: out of memory. Resume from the last ' +
      'checkpoint, on this device or with the provider "cpu"',
  );
  expect(state.replace).not.toHaveBeenCalled();
});

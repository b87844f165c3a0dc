/** Runs a program once under the recording backend and returns its graph. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Graph } from '../graph';
import { ProgramError } from '../errors';
import '../gradients';
import type { RandomSite } from '../random';
import type { NamedSpecs, NamedTensors, ProgramContext, TensorSpec } from '../types';
import { InputError } from '../../errors';
import { TRACE_BACKEND, traceBackend } from './backend';
import { callSite } from './callSite';
import { tensorOf, TraceContext } from './context';
import './kernels';
import { Recorder } from './recorder';

export interface Traced {
  graph: Graph;
  /** What to feed as random words at each run, in order. */
  sites: readonly RandomSite[];
}

tf.registerBackend(TRACE_BACKEND, () => traceBackend, -100);

/** Adds an input to the graph. */
export type Declare = (name: string, spec: TensorSpec) => Tensor;

/**
 * `body` gets a tensor for each entry of `specs`, may declare further ones, and returns the graph's outputs.
 */
export function trace(
  name: string,
  specs: NamedSpecs,
  training: boolean,
  body: (tensors: NamedTensors, context: ProgramContext, declare: Declare) => NamedTensors,
): Traced {
  const engine = tf.engine();
  const before = engine.backendName ?? 'cpu';
  const recorder = new Recorder();
  const context = new TraceContext(recorder, training);
  // setBackend does its work before its first await if a backend starts synchronously, as these do.
  void engine.setBackend(TRACE_BACKEND);
  // Deep enough to include the user's frame below those of TensorFlow.js.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  traceBackend.recorder = recorder;
  try {
    tf.tidy(() => {
      const declare: Declare = (key, { shape, dtype }) => tensorOf(recorder.input(key, shape, dtype));
      const tensors = Object.fromEntries(
        Object.entries(specs).map(([key, spec]) => [key, declare(key, spec)]),
      );
      for (const [key, tensor] of Object.entries(body(tensors, context, declare))) {
        if (recorder.graph.inputs.has(key))
          throw new InputError(
            name,
            `expected outputs with other names than the inputs, got "${key}" as both`,
          );
        recorder.graph.outputs.set(key, traceBackend.recorded(tensor));
      }
    });
    context.finish();
    return { graph: recorder.graph, sites: context.sites };
  } catch (error) {
    if (error instanceof InputError || error instanceof ProgramError) throw error;
    const at = callSite(error as Error);
    throw new ProgramError(`${name}: ${(error as Error).message}${at === undefined ? '' : ` (at ${at})`}`, {
      cause: error,
    });
  } finally {
    Error.stackTraceLimit = limit;
    traceBackend.recorder = undefined;
    void engine.setBackend(before);
  }
}

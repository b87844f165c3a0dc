/**
 * Programs as graphs: which inputs and outputs the graph of a forward pass, a training step and its gradients has, and how they are
 * named. Used by every compiled engine.
 */
import type { Scalar } from '@tensorflow/tfjs-core';
import { InputError } from '../errors';
import { lossAndGradients, slotName, STEP, trainedNames, updates } from './step';
import { trace, type Traced } from './trace/trace';
import type { NamedSpecs, NamedTensors, Program, State, TrainingProgram } from './types';

/** Prefix of inputs that are tensors of the state. */
export const PARAM = 'param:';
/** Prefix of outputs that are the next values of tensors of the state. */
export const NEXT = 'next:';
/** Prefix of inputs that are scalars of the optimiser. */
export const FEED = 'feed:';
/** The number of the step being taken, from 1. */
export const STEP_INPUT = '/step';

export interface TracedStep extends Traced {
  /** Names in the state of what the graph computes anew. */
  updated: readonly string[];
}

export function traceForward(program: Program, state: State): TracedStep {
  const traced = trace(program.name, { ...paramSpecs(state, () => true), ...inputSpecs(program) }, false, (tensors, context) =>
    program.outputs(withPrefix(tensors, PARAM), pick(tensors, program), context),
  );
  return { ...traced, updated: [] };
}

export function traceStep(program: TrainingProgram, state: State): TracedStep {
  const trained = trainedNames(program, state);
  let updated: string[] = [];
  const traced = trace(program.name, stepSpecs(program, state), true, (tensors, context) => {
    const params = withPrefix(tensors, PARAM);
    const { loss, outputs, gradients } = lossAndGradients(program, trained, params, pick(tensors, program), context);
    const next = updates(program, gradients, params, withPrefix(tensors, FEED) as Record<string, Scalar>, tensors[STEP_INPUT] as Scalar);
    updated = Object.keys(next);
    return { loss, ...outputs, ...Object.fromEntries(updated.map((name) => [NEXT + name, next[name]])) };
  });
  return { ...traced, updated };
}

export function traceGradients(program: TrainingProgram, state: State): TracedStep {
  const traced = trace(`${program.name}, gradients`, stepSpecs(program, state), true, (tensors, context) => {
    const params = withPrefix(tensors, PARAM);
    const { loss, gradients } = lossAndGradients(program, trainedNames(program, state), params, pick(tensors, program), context);
    return { ...gradients, loss };
  });
  return { ...traced, updated: [] };
}

function stepSpecs(program: TrainingProgram, state: State): NamedSpecs {
  const feeds = Object.keys(program.optimizer.feeds).map((name) => [FEED + name, { shape: [], dtype: 'float32' as const }]);
  const clash = Object.keys(program.optimizer.feeds).find((name) => name in program.inputs);
  if (clash !== undefined) throw new InputError(program.name, `expected inputs and optimiser feeds of different names, got "${clash}" in both`);
  return {
    ...paramSpecs(state, () => true),
    ...inputSpecs(program),
    ...Object.fromEntries(feeds),
    [STEP_INPUT]: { shape: [], dtype: 'int32' },
  };
}

function inputSpecs(program: { name: string; inputs: NamedSpecs }): NamedSpecs {
  const bad = Object.keys(program.inputs).find((name) => name.includes(':') || name.startsWith('/'));
  if (bad !== undefined) throw new InputError(program.name, `expected input names without ":" and a leading "/", got "${bad}"`);
  return program.inputs;
}

function paramSpecs(state: State, filter: (name: string) => boolean): NamedSpecs {
  const names = Object.keys(state.specs).filter((name) => name !== STEP && filter(name));
  return Object.fromEntries(names.map((name) => [PARAM + name, state.specs[name]]));
}

function withPrefix(tensors: NamedTensors, prefix: string): NamedTensors {
  const names = Object.keys(tensors).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), tensors[name]]));
}

function pick(tensors: NamedTensors, { inputs }: { inputs: NamedSpecs }): NamedTensors {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, tensors[name]]));
}

export { slotName };

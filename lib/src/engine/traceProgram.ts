/**
 * Programs as graphs: the inputs and outputs of the graph of a forward pass, a training step and its
 * gradients, and their names. Shared by all compiled engines.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { InputError } from '../errors';
import { sizeOf } from './graph';
import { underPrefix, withPrefix } from './prefixes';
import { lossAndGradients, lossAndOutputs, STEPS_TAKEN, trainedNames } from './step';
import { trace, type Traced } from './trace/trace';
import type { NamedSpecs, NamedTensors, Program, State, TrainingProgram } from './types';
import { JOIN_BY_COPYING, JOIN_IN_PLACE, separated, sideBySide, updates } from './updates';

/** Prefix of inputs that are tensors of the state. */
export const PARAM = 'param:';
/** Prefix of inputs that are several tensors of the state side by side. */
export const JOINT = 'joint:';
/** Prefix of outputs that are the next values of tensors of the state. */
export const NEXT = 'next:';
/** Prefix of outputs that are gradients. A weight may have the name of an input, or be called "loss". */
export const GRADIENT = 'gradient:';
/** Prefix of inputs that are scalars of the optimiser. */
export const FEED = 'feed:';
/** The number of the step being taken, from 1. */
export const STEP_INPUT = '/this step';

export interface TracedStep extends Traced {
  /** Tensors of the state that are side by side in one input or output, by the name after the prefix. */
  blocks: ReadonlyMap<string, readonly string[]>;
}

export function traceForward(program: Program, state: State): TracedStep {
  const traced = trace(
    program.name,
    { ...paramSpecs(state), ...inputSpecs(program) },
    false,
    (tensors, context) => program.outputs(underPrefix(PARAM, tensors), pick(tensors, program), context),
  );
  return { ...traced, blocks: new Map() };
}

/**
 * `inPlace`: the state can keep tensors that are updated together side by side (`blocks`), so that they are
 * one input and one output. Otherwise each tensor has its own input and output.
 */
export function traceStep(program: TrainingProgram, state: State, inPlace = false): TracedStep {
  const trained = trainedNames(program, state);
  const blocks = new Map<string, readonly string[]>();
  const traced = trace(program.name, stepSpecs(program, state), true, (tensors, context, declare) => {
    const params = underPrefix(PARAM, tensors);
    const { loss, outputs, gradients } = lossAndGradients(
      program,
      trained,
      params,
      pick(tensors, program),
      context,
    );
    const feeds = underPrefix(FEED, tensors) as Record<string, Scalar>;
    const step = tensors[STEP_INPUT] as Scalar;
    const shapeOf = (name: string): readonly number[] => state.specs[name].shape;
    const block = (names: readonly string[]): Tensor => {
      const name = blockName(names);
      const seen = declared.get(name);
      if (seen !== undefined) return seen;
      const vector = declare(JOINT + name, {
        shape: [names.reduce((sum, each) => sum + sizeOf(shapeOf(each)), 0)],
        dtype: 'float32',
      });
      declared.set(name, vector);
      return vector;
    };
    const declared = new Map<string, Tensor>();
    const read = (names: readonly string[]): Tensor =>
      inPlace && names.length > 1 ? block(names) : sideBySide(names.map((name) => params[name]));
    const next = updates(program, gradients, read, feeds, step, inPlace ? JOIN_IN_PLACE : JOIN_BY_COPYING);
    if (!inPlace) return { loss, ...outputs, ...withPrefix(NEXT, separated(next, shapeOf)) };
    for (const { names } of next) blocks.set(blockName(names), names);
    return {
      loss,
      ...outputs,
      ...Object.fromEntries(next.map(({ names, value }) => [NEXT + blockName(names), value])),
    };
  });
  return { ...traced, blocks };
}

/** Unique, because blocks of one step do not overlap. */
function blockName(names: readonly string[]): string {
  return names.length === 1 ? names[0] : `${names[0]} and ${names.length - 1} more`;
}

export function traceGradients(program: TrainingProgram, state: State): TracedStep {
  const traced = trace(`${program.name}, gradients`, stepSpecs(program, state), true, (tensors, context) => {
    const params = underPrefix(PARAM, tensors);
    const { loss, gradients } = lossAndGradients(
      program,
      trainedNames(program, state),
      params,
      pick(tensors, program),
      context,
    );
    return { loss, ...withPrefix(GRADIENT, gradients) };
  });
  return { ...traced, blocks: new Map() };
}

/** Loss and reported outputs of a step, without the backward pass. */
export function traceOutputs(program: TrainingProgram, state: State): TracedStep {
  const traced = trace(`${program.name}, forward`, stepSpecs(program, state), true, (tensors, context) =>
    lossAndOutputs(program, underPrefix(PARAM, tensors), pick(tensors, program), context),
  );
  return { ...traced, blocks: new Map() };
}

function stepSpecs(program: TrainingProgram, state: State): NamedSpecs {
  const feeds = Object.keys(program.optimizer.feeds).map((name) => [
    FEED + name,
    { shape: [], dtype: 'float32' as const },
  ]);
  const clash = Object.keys(program.optimizer.feeds).find((name) => name in program.inputs);
  if (clash !== undefined)
    throw new InputError(
      program.name,
      `expected inputs and optimiser feeds of different names, got "${clash}" in both`,
    );
  return {
    ...paramSpecs(state),
    ...inputSpecs(program),
    ...Object.fromEntries(feeds),
    [STEP_INPUT]: { shape: [], dtype: 'int32' },
  };
}

function inputSpecs(program: { name: string; inputs: NamedSpecs }): NamedSpecs {
  const bad = Object.keys(program.inputs).find((name) => name.includes(':') || name.startsWith('/'));
  if (bad !== undefined)
    throw new InputError(program.name, `expected input names without ":" and a leading "/", got "${bad}"`);
  return program.inputs;
}

function paramSpecs({ specs: { [STEPS_TAKEN]: _, ...specs } }: State): NamedSpecs {
  return withPrefix(PARAM, specs);
}

function pick(tensors: NamedTensors, { inputs }: { inputs: NamedSpecs }): NamedTensors {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, tensors[name]]));
}

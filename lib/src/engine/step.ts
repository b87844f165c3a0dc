/**
 * A training step as a function of tensors: loss, gradients, optimiser. Shared by the compiled engines, which trace it, and the
 * eager engine, which runs it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { ProgramError } from './errors';
import { correctGradients } from './gradients';
import type { NamedTensors, ProgramContext, State, TrainingProgram } from './types';

/** Name of the step counter in a state. */
export const STEP = '/step';

/** Slot of the gradients averaged so far, where several steps make one update. */
export const SUM = 'sum';

export function slotName(parameter: string, slot: string): string {
  return `${parameter}/${slot}`;
}

/** The float32 tensors of a state that a program trains: those that pass its filter and are no slots of its optimiser. */
export function trainedNames(program: TrainingProgram, state: State): string[] {
  const names = Object.keys(state.specs);
  const slots = new Set(names.flatMap((name) => program.optimizer.slots.map((slot) => slotName(name, slot))));
  return names.filter(
    (name) => name !== STEP && !slots.has(name) && state.specs[name].dtype === 'float32' && (program.trainable?.(name) ?? true),
  );
}

export interface LossAndGradients {
  loss: Scalar;
  /** What the program reports besides its loss. */
  outputs: NamedTensors;
  /** Of the trained parameters that the loss depends on. */
  gradients: NamedTensors;
}

export function lossAndGradients(
  program: TrainingProgram,
  trained: readonly string[],
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
): LossAndGradients {
  correctGradients();
  let outputs: NamedTensors = {};
  const forward = (): Scalar => {
    const result = program.loss(params, inputs, context);
    const { loss, ...rest } = result instanceof tf.Tensor ? { loss: result as Scalar } : result;
    outputs = Object.fromEntries(Object.entries(rest).map(([name, t]) => [name, tf.keep(t as Tensor)]));
    if (!(loss instanceof tf.Tensor) || loss.size !== 1) {
      throw new ProgramError(`${program.name}: expected a scalar loss, got ${loss instanceof tf.Tensor ? `shape [${loss.shape}]` : typeof loss}`);
    }
    return tf.reshape(loss, []) as Scalar;
  };
  const { value, grads } = tf.engine().gradients(
    forward,
    trained.map((name) => params[name]),
    undefined as unknown as Tensor,
    true,
  );
  const gradients: NamedTensors = {};
  trained.forEach((name, i) => {
    if (grads[i] != null) gradients[name] = grads[i];
  });
  if (Object.keys(gradients).length === 0) {
    throw new ProgramError(`${program.name}: expected a loss that depends on a trained parameter, got one that depends on none of ${trained.join(', ') || '(nothing is trained)'}`);
  }
  return { loss: value as Scalar, outputs, gradients };
}

/** New values of the trained parameters and their slots, by name in the state. */
export function updates(
  program: TrainingProgram,
  gradients: NamedTensors,
  state: NamedTensors,
  feeds: Record<string, Scalar>,
  step: Scalar,
): NamedTensors {
  const every = program.optimizer.accumulate ?? 1;
  if (every === 1) return updatesNow(program, gradients, state, feeds, step);
  const sums = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.add(state[slotName(name, SUM)], tf.mul(g, 1 / every))]));
  const round = tf.floorDiv(tf.add(step, tf.scalar(every - 1, 'int32')), tf.scalar(every, 'int32')) as Scalar;
  const updated = updatesNow(program, sums, state, feeds, round);
  // 1 at the last of every so many steps, else 0. Products keep what is not chosen exactly as it was.
  const last = tf.cast(tf.equal(tf.mul(round, tf.scalar(every, 'int32')), step), 'float32');
  const others = tf.sub(1, last);
  const result = Object.fromEntries(Object.entries(updated).map(([name, next]) => [name, tf.add(tf.mul(next, last), tf.mul(state[name], others))]));
  for (const [name, sum] of Object.entries(sums)) result[slotName(name, SUM)] = tf.mul(sum, others);
  return result;
}

/** Parameters of at most so many elements are updated together: below it an operator costs more than its elements. */
const SMALL = 4096;

function updatesNow({ optimizer }: TrainingProgram, raw: NamedTensors, state: NamedTensors, feeds: Record<string, Scalar>, step: Scalar): NamedTensors {
  const gradients = optimizer.transform?.(raw) ?? raw;
  const own = optimizer.slots.filter((slot) => slot !== SUM);
  const groups = new Map<string, string[]>();
  for (const [name, { size }] of Object.entries(gradients)) {
    const key = optimizer.joint === undefined || size > SMALL ? `alone ${name}` : `joint ${optimizer.joint(name)}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  const result: NamedTensors = {};
  for (const names of groups.values()) {
    const slots = Object.fromEntries(own.map((slot) => [slot, join(names.map((name) => state[slotName(name, slot)]))]));
    const joined = [names.map((name) => state[name]), names.map((name) => gradients[name])].map(join);
    const updated = optimizer.update(joined[0], joined[1], slots, feeds, step, names[0]);
    const shapes = names.map((name) => state[name].shape);
    cut(updated.parameter, shapes).forEach((part, i) => (result[names[i]] = part));
    for (const slot of own) cut(updated.slots[slot], shapes).forEach((part, i) => (result[slotName(names[i], slot)] = part));
  }
  return result;
}

/** One tensor as it is, several as one vector. */
function join(tensors: Tensor[]): Tensor {
  return tensors.length === 1 ? tensors[0] : tf.concat(tensors.map((t) => tf.reshape(t, [t.size])));
}

function cut(joined: Tensor, shapes: readonly number[][]): Tensor[] {
  if (shapes.length === 1) return [joined];
  const parts = tf.split(joined, shapes.map((shape) => shape.reduce((a, b) => a * b, 1)));
  return parts.map((part, i) => tf.reshape(part, shapes[i]));
}

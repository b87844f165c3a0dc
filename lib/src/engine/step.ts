/**
 * A training step as a function of tensors, up to its gradients; updates.ts has the optimiser's part. Shared
 * by the compiled engines, which trace it, and the eager engine, which runs it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { ProgramError } from './errors';
import { correctGradients } from './gradients';
import type { NamedTensors, ProgramContext, State, TrainingProgram } from './types';

/** The tensor of a state that counts the steps taken. */
export const STEPS_TAKEN = '/step';

/** Slot of the gradients averaged or summed so far, if several steps make one update. */
export const SUM = 'sum';

/** What a step is fed if the caller says when to update (sumGradients). */
export const UPDATE = 'update';

export function slotName(parameter: string, slot: string): string {
  return `${parameter}/${slot}`;
}

/**
 * The float32 tensors of a state that a program trains: those that pass its filter and are not slots of its
 * optimiser.
 */
export function trainedNames(program: TrainingProgram, state: State): string[] {
  const names = Object.keys(state.specs);
  const slots = new Set(names.flatMap((name) => program.optimizer.slots.map((slot) => slotName(name, slot))));
  return names.filter(
    (name) =>
      name !== STEPS_TAKEN &&
      !slots.has(name) &&
      state.specs[name].dtype === 'float32' &&
      (program.trainable?.(name) ?? true),
  );
}

/** The loss as a scalar, and what else the program reports. */
export function lossAndOutputs(
  program: TrainingProgram,
  params: NamedTensors,
  inputs: NamedTensors,
  context: ProgramContext,
): { loss: Scalar } & NamedTensors {
  const result = program.loss(params, inputs, context);
  const { loss, ...outputs } = result instanceof tf.Tensor ? { loss: result as Scalar } : result;
  if (!(loss instanceof tf.Tensor) || loss.size !== 1) {
    throw new ProgramError(
      `${program.name}: expected a scalar loss, got ` +
        `${loss instanceof tf.Tensor ? `shape [${loss.shape}]` : typeof loss}`,
    );
  }
  return { ...outputs, loss: tf.reshape(loss, []) as Scalar };
}

export interface LossAndGradients {
  loss: Scalar;
  /** What the program reports besides its loss. */
  outputs: NamedTensors;
  /** Those of the trained parameters that the loss depends on. */
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
    const { loss, ...rest } = lossAndOutputs(program, params, inputs, context);
    outputs = Object.fromEntries(Object.entries(rest).map(([name, t]) => [name, tf.keep(t as Tensor)]));
    return loss;
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
    throw new ProgramError(
      `${program.name}: expected a loss that depends on a trained parameter, got one that depends on ` +
        `none of ${trained.join(', ') || '(nothing is trained)'}`,
    );
  }
  return { loss: value as Scalar, outputs, gradients };
}

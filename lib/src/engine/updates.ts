/**
 * The optimiser's part of a training step: from gradients to the next values of parameters and slots. Shared
 * by the compiled engines, which trace it, and the eager engine, which runs it.
 *
 * Small parameters are updated together, as one vector, because on a few thousand numbers an operator costs
 * more than the arithmetic.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { slotName, SUM, UPDATE } from './step';
import type { NamedTensors, Optimizer, TrainingProgram } from './types';

/**
 * Next values of some tensors of the state: one tensor in its shape, or several side by side as one vector.
 */
export interface Update {
  readonly names: readonly string[];
  readonly value: Tensor;
}

export interface Joining {
  /** Largest number of elements of a parameter that is updated together with others. */
  largest: number;
  /** Most elements of a vector. */
  total: number;
}

/** If joining costs copies of parameters, slots and results, it is worth it only for small ones. */
export const JOIN_BY_COPYING: Joining = { largest: 4096, total: Infinity };
/**
 * If they are side by side anyway: vectors that stay in a core's cache over the dozen operators of an update.
 */
export const JOIN_IN_PLACE: Joining = { largest: 1 << 16, total: 1 << 16 };

/**
 * `read` gives tensors of the state by name, several as one vector. `gradients` are those of the trained
 * parameters, in the order of the state.
 */
export function updates(
  program: TrainingProgram,
  gradients: NamedTensors,
  read: (names: readonly string[]) => Tensor,
  feeds: Record<string, Scalar>,
  step: Scalar,
  joining: Joining,
): Update[] {
  const units = unitsOf(program.optimizer, gradients, joining);
  const joined = new Map(
    units.map((names) => [names, sideBySide(names.map((name) => gradients[name]))] as const),
  );
  const every = program.optimizer.accumulate ?? 1;
  if (every === 1) return updatesNow(program.optimizer, joined, read, feeds, step);
  const ofSlot = (names: readonly string[]): string[] => names.map((name) => slotName(name, SUM));
  const { share, round, last } = every === 'asFed' ? updateAsFed(feeds[UPDATE]) : updateEvery(every, step);
  const sums = new Map(
    [...joined].map(([names, g]) => [names, tf.add(read(ofSlot(names)), share(g))] as const),
  );
  // Products with 0 and 1 keep unchosen values exactly as they were.
  const others = tf.sub(1, last);
  const updated = updatesNow(program.optimizer, sums, read, feeds, round);
  return [
    ...updated.map(({ names, value }) => ({
      names,
      value: tf.add(tf.mul(value, last), tf.mul(read(names), others)),
    })),
    ...[...sums].map(([names, sum]) => ({ names: ofSlot(names), value: tf.mul(sum, others) })),
  ];
}

/** How steps make updates. */
interface Rhythm {
  /** What a step's gradient adds to the sum. */
  share(gradient: Tensor): Tensor;
  /** Number of the update, from 1. */
  round: Scalar;
  /** 1 at the step that updates, else 0. */
  last: Tensor;
}

function updateEvery(every: number, step: Scalar): Rhythm {
  const round = tf.floorDiv(tf.add(step, tf.scalar(every - 1, 'int32')), tf.scalar(every, 'int32')) as Scalar;
  return {
    share: (gradient) => tf.mul(gradient, 1 / every),
    round,
    last: tf.cast(tf.equal(tf.mul(round, tf.scalar(every, 'int32')), step), 'float32'),
  };
}

/** `update`: 0 if the step does not update. */
function updateAsFed(update: Scalar): Rhythm {
  return {
    share: (gradient) => gradient,
    // At least 1 even if nothing is updated: what is computed then is multiplied by 0.
    round: tf.cast(tf.maximum(update, 1), 'int32') as Scalar,
    last: tf.cast(tf.greater(update, 0), 'float32'),
  };
}

function updatesNow(
  optimizer: Optimizer,
  raw: ReadonlyMap<readonly string[], Tensor>,
  read: (names: readonly string[]) => Tensor,
  feeds: Record<string, Scalar>,
  step: Scalar,
): Update[] {
  const byFirst = Object.fromEntries([...raw].map(([names, gradient]) => [names[0], gradient]));
  const gradients = optimizer.transform?.(byFirst) ?? byFirst;
  const own = optimizer.slots.filter((slot) => slot !== SUM);
  return [...raw.keys()].flatMap((names) => {
    const ofSlot = (slot: string): string[] => names.map((name) => slotName(name, slot));
    const slots = Object.fromEntries(own.map((slot) => [slot, read(ofSlot(slot))]));
    const updated = optimizer.update(read(names), gradients[names[0]], slots, feeds, step, names[0]);
    return [
      { names, value: updated.parameter },
      ...own.map((slot) => ({ names: ofSlot(slot), value: updated.slots[slot] })),
    ];
  });
}

/** Which parameters are updated together. */
function unitsOf(optimizer: Optimizer, gradients: NamedTensors, { largest, total }: Joining): string[][] {
  const units: string[][] = [];
  const open = new Map<string, { names: string[]; size: number }>();
  for (const [name, { size }] of Object.entries(gradients)) {
    const key = optimizer.joint?.(name);
    const unit = key === undefined ? undefined : open.get(key);
    if (unit !== undefined && size <= largest && unit.size + size <= total) {
      unit.names.push(name);
      unit.size += size;
      continue;
    }
    const names = [name];
    units.push(names);
    if (key !== undefined && size <= largest) open.set(key, { names, size });
  }
  return units;
}

/** One tensor as it is, several as one vector. */
export function sideBySide(tensors: readonly Tensor[]): Tensor {
  return tensors.length === 1 ? tensors[0] : tf.concat(tensors.map((t) => tf.reshape(t, [t.size])));
}

/** The tensors of each update by name, in their shapes. */
export function separated(
  all: readonly Update[],
  shapeOf: (name: string) => readonly number[],
): NamedTensors {
  return Object.fromEntries(
    all.flatMap(({ names, value }) => {
      if (names.length === 1) return [[names[0], value]];
      const shapes = names.map((name) => [...shapeOf(name)]);
      const parts = tf.split(
        value,
        shapes.map((shape) => shape.reduce((a, b) => a * b, 1)),
      );
      return names.map((name, i) => [name, tf.reshape(parts[i], shapes[i])]);
    }),
  );
}

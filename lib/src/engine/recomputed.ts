/**
 * A part of a program that the backward pass recomputes, so that only its input is kept in between
 * (activation checkpointing: T. Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016). The two
 * computations are equal to the bit.
 *
 * Graphs have no order but that of their values, and equal operators are merged. So the second computation is
 * made to wait for the incoming gradient: 0 times it is added to the input. In the same way the outgoing
 * gradient waits for those of the parameters; otherwise nothing of the part could be forgotten.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from './types';

/**
 * `first` of x and params, with gradients for both. `again` computes the same from an x that waits for the
 * gradient, and gets the 0 of shape [1] that makes it wait.
 */
export function recomputed(
  x: Tensor,
  params: NamedTensors,
  first: (x: Tensor, params: NamedTensors) => Tensor,
  again: (x: Tensor, params: NamedTensors, nothing: Tensor) => Tensor,
): Tensor {
  const names = Object.keys(params);
  const named = (tensors: readonly Tensor[]): NamedTensors =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const inputs = args as Tensor[];
    save(inputs);
    return {
      value: first(inputs[0], named(inputs.slice(1))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => gradients(saved, dy),
    };
  });
  return run(x, ...names.map((name) => params[name]));

  function gradients(saved: Tensor[], dy: Tensor): Tensor[] {
    const nothing = nothingOf(dy);
    const forward = (): Tensor => again(tf.add(saved[0], nothing), named(saved.slice(1)), nothing);
    // TensorFlow.js drops its tape at the end of gradients within gradients, and looks for it afterwards.
    const { state } = tf.engine();
    const tape = state.activeTape;
    const { grads } = tf.engine().gradients(forward, saved, dy, true);
    state.activeTape = tape;
    const [dx, ...ofParams] = grads.map((gradient, i) => gradient ?? tf.zerosLike(saved[i]));
    return [tf.add(dx, tf.addN(ofParams.map(nothingOf))), ...ofParams];
  }
}

/** 0 of shape [1], available only after t. */
function nothingOf(t: Tensor): Tensor {
  return tf.mul(tf.slice(tf.reshape(t, [t.size]), [0], [1]), 0);
}

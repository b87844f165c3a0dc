/**
 * Optimisers as TensorFlow.js ops on one parameter, compiled into the training step: SGD, Adam, AdamW, and
 * clipping of the gradients by their global norm. Learning rates are fed at each step, so schedules need no
 * new trace.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { InputError, requireKnownOptions } from '../errors';
import { SUM, UPDATE } from './step';
import type { NamedTensors, Optimizer } from './types';

/** Settings of sgd. */
export interface SgdOptions {
  learningRate: number;
  /** 0 = none. */
  momentum?: number;
}

/** Settings of adam; `beta1`, `beta2` and `eps` are .9, .999 and 1e-8 by default, as in PyTorch. */
export interface AdamOptions {
  learningRate: number;
  beta1?: number;
  beta2?: number;
  eps?: number;
  /**
   * Parameter groups with a learning rate of their own: name of the feed ("learningRate/<group>") by
   * parameter. Undefined means the common rate.
   */
  group?: (name: string) => string | undefined;
  /** Default learning rates of the groups. */
  groupLearningRates?: Record<string, number>;
}

/** Settings of adamW. */
export interface AdamWOptions extends AdamOptions {
  /** Decoupled decay: the weight shrinks by learningRate * weightDecay at each step. */
  weightDecay?: number;
  /** Which parameters decay; all by default. Usually biases and norms are left out. */
  decays?: (name: string) => boolean;
}

/**
 * Stochastic gradient descent, with momentum if it is not 0: v = momentum * v + g, w = w - learningRate * v.
 */
export function sgd(options: SgdOptions): Optimizer {
  requireKnownOptions('sgd', options, { learningRate: true, momentum: true });
  const { learningRate, momentum = 0 } = options;
  return {
    name: 'sgd',
    feeds: { learningRate },
    slots: momentum === 0 ? [] : ['momentum'],
    joint: () => 'all',
    update(parameter, gradient, slots, feeds) {
      const velocity = momentum === 0 ? gradient : tf.add(tf.mul(slots.momentum, momentum), gradient);
      const updated: NamedTensors = momentum === 0 ? {} : { momentum: velocity };
      return { parameter: tf.sub(parameter, tf.mul(velocity, feeds.learningRate)), slots: updated };
    },
  };
}

/**
 * Adam with bias correction, as PyTorch computes it: eps is added to sqrt(v / (1 - beta2^t)).
 * @example
 * ```ts
 * import { adam, clipByGlobalNorm } from 'elephant/engine';
 * const optimizer = clipByGlobalNorm(adam({ learningRate: 1e-3 }), 5);
 * console.log(optimizer.feeds); // { learningRate: 0.001 }, which each step may override
 * ```
 */
export function adam(options: AdamOptions): Optimizer {
  return { ...adamW({ ...options, weightDecay: 0 }), name: 'adam' };
}

const ADAM_OPTIONS: Readonly<Record<keyof AdamWOptions, true>> = {
  ...{ learningRate: true, beta1: true, beta2: true, eps: true, weightDecay: true, decays: true },
  ...{ group: true, groupLearningRates: true },
};

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as PyTorch computes it: each step also
 * multiplies the parameters that `decays` names by 1 - learningRate * weightDecay (.01 by default). The
 * learning rates are feeds, so each step may override them. A parameter whose `group` has no learning rate is
 * an error when the step is compiled.
 */
export function adamW(options: AdamWOptions): Optimizer {
  requireKnownOptions('adam', options, ADAM_OPTIONS);
  const { learningRate, beta1 = 0.9, beta2 = 0.999, eps = 1e-8 } = options;
  const { weightDecay = 0.01, decays = () => true } = options;
  const { group = () => undefined, groupLearningRates = {} } = options;
  const groupFeeds = Object.fromEntries(
    Object.entries(groupLearningRates).map(([name, rate]) => [`learningRate/${name}`, rate]),
  );
  return {
    name: 'adamW',
    feeds: { learningRate, ...groupFeeds },
    slots: ['m', 'v'],
    joint: (name) => `${group(name)} ${weightDecay !== 0 && decays(name)}`,
    update(parameter, gradient, slots, feeds, step, name) {
      const ownGroup = group(name);
      const rate = ownGroup === undefined ? feeds.learningRate : feeds[`learningRate/${ownGroup}`];
      if (rate === undefined)
        throw new Error(`${name}: expected a learning rate for group "${ownGroup}" in groupLearningRates`);
      const t = tf.cast(step, 'float32');
      const correction1 = biasCorrection(beta1, t);
      const rootCorrection2 = tf.sqrt(biasCorrection(beta2, t));
      const m = tf.add(tf.mul(slots.m, beta1), tf.mul(gradient, 1 - beta1));
      const v = tf.add(tf.mul(slots.v, beta2), tf.mul(tf.mul(gradient, 1 - beta2), gradient));
      // m / c1 / (sqrt(v) / r2 + eps) = (r2 / c1) m / (sqrt(v) + r2 eps): the corrections stay scalars.
      const size = tf.div(tf.mul(rate, rootCorrection2), correction1);
      const change = tf.div(tf.mul(m, size), tf.add(tf.sqrt(v), tf.mul(rootCorrection2, eps)));
      const kept =
        weightDecay !== 0 && decays(name)
          ? tf.mul(parameter, tf.sub(1, tf.mul(rate, weightDecay)))
          : parameter;
      return { parameter: tf.sub(kept, change), slots: { m, v } };
    },
  };
}

/** 1 - beta^t. Through expm1, because in float32 the difference would lose four digits at beta 0.999. */
function biasCorrection(beta: number, t: Tensor): Tensor {
  return tf.neg(tf.expm1(tf.mul(t, Math.log(beta))));
}

/** Scales all gradients by min(1, maxNorm / norm), where norm is that of all gradients together. */
export function clipByGlobalNorm(optimizer: Optimizer, maxNorm: number): Optimizer {
  return {
    ...optimizer,
    name: `${optimizer.name}, gradients clipped to ${maxNorm}`,
    transform(gradients) {
      const earlier = optimizer.transform?.(gradients) ?? gradients;
      const scale = tf.minimum(1, tf.div(maxNorm, tf.add(globalNorm(earlier), 1e-6)));
      return Object.fromEntries(Object.entries(earlier).map(([name, g]) => [name, tf.mul(g, scale)]));
    },
  };
}

/**
 * Gradient accumulation: each update uses the mean gradient of `steps` consecutive steps, so that a batch may
 * be larger than memory allows. Clipping applies to the mean. A step number in the optimiser counts updates.
 * @throws InputError for `steps` that are no whole number of at least 1.
 */
export function accumulateGradients(optimizer: Optimizer, steps: number): Optimizer {
  if (!Number.isInteger(steps) || steps < 1)
    throw new InputError('accumulateGradients', `expected at least 1 step, a whole number, got ${steps}`);
  if (steps === 1) return optimizer;
  return {
    ...optimizer,
    name: `${optimizer.name}, mean of ${steps} steps`,
    accumulate: steps,
    slots: [...optimizer.slots, SUM],
  };
}

/**
 * Gradient accumulation over any number of steps. Each step is fed `update`: 0 adds its gradients to the sum,
 * n > 0 uses the sum for update n, counted from 1. Steps of several programs on one state may share an
 * update, if the last has a gradient for every parameter that the others have one for.
 */
export function sumGradients(optimizer: Optimizer): Optimizer {
  return {
    ...optimizer,
    name: `${optimizer.name}, gradients summed`,
    feeds: { ...optimizer.feeds, [UPDATE]: 0 },
    accumulate: 'asFed',
    slots: [...optimizer.slots, SUM],
  };
}

/** Square root of the sum of squares of all tensors. */
export function globalNorm(tensors: NamedTensors): Scalar {
  const squares = Object.values(tensors).map((t: Tensor) => tf.sum(tf.mul(t, t)));
  return tf.sqrt(squares.reduce((a, b) => tf.add(a, b))) as Scalar;
}

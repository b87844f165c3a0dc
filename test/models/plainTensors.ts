/** What the models' tests share: host tensors as TensorFlow.js tensors, and a context without dropout. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { NamedHostTensors, NamedTensors, ProgramContext } from '../../lib/src/engine/types';

tf.enableProdMode();

export const evaluationContext: ProgramContext = {
  training: false,
  dropout: (x) => x,
  uniform: () => {
    throw new Error('no random numbers in evaluation');
  },
  recomputed: (x, params, part) => part(x, params, evaluationContext),
};

export function asTensors(host: NamedHostTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(host).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]),
  );
}

/** Random numbers instead of constant initial values, so that no bias or gain is trivially right. */
export function shaken(host: NamedHostTensors, random: { normal(): number }): NamedHostTensors {
  for (const [name, { data }] of Object.entries(host)) {
    if (/bias|gain/.test(name)) for (let i = 0; i < data.length; i++) data[i] += 0.3 * random.normal();
  }
  return host;
}

/**
 * Dropout on packed attention against that on the padded form (method 14.4): there every padded slot's weight
 * is dropped on its own, here one key stands for all of them. Mean and variance of each output, over
 * thousands of equal rows and the engine's own draws.
 */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createEngine } from '../../lib/src/engine';
import { adam } from '../../lib/src/engine/optimizers';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import { packedAttention, paddedKeys, segmentMask } from '../../lib/src/models/packedAttention';
import { createRandom } from '../../lib/src/random';

const [d, L, rate, rows] = [4, 8, 0.3, 6000];
/**
 * Histories of a row, and of the other half of the rows one that is as long as the padded form, so that
 * nothing is padded.
 */
const kinds = [[3, 4], [L]];
const random = createRandom(21);
const normals = (n: number, scale: number): number[] =>
  Array.from({ length: n }, () => scale * random.normal());
const sources = kinds.map((lengths) =>
  Array.from({ length: lengths.reduce((a, b) => a + b, 0) }, () => normals(d, 1)),
);

function weightsOf(heads: number): NamedHostTensors {
  const weights: NamedHostTensors = {};
  for (const part of ['query', 'key', 'value', 'output']) {
    // With several heads one draw serves all of them, so only what is not mixed has the padded form's
    // variance.
    const kernel =
      part === 'output' && heads > 1
        ? Array.from({ length: d * d }, (_, i) => Number(i % (d + 1) === 0))
        : normals(d * d, 0.5);
    weights[`a/${part}/kernel`] = { shape: [d, d], dtype: 'float32', data: Float32Array.from(kernel) };
    weights[`a/${part}/bias`] = { shape: [d], dtype: 'float32', data: Float32Array.from(normals(d, 1)) };
  }
  return weights;
}

/**
 * Mean and variance of the padded form's output at place `index` of a history: each key's weight is kept with
 * 1 - rate, and divided by it.
 */
function padded(
  weights: NamedHostTensors,
  history: number[][],
  index: number,
  heads: number,
): { mean: number[]; variance: number[] } {
  const dense = (part: string, x: number[]): number[] =>
    Array.from(
      { length: d },
      (_, j) =>
        weights[`a/${part}/bias`].data[j] +
        x.reduce((sum, value, i) => sum + value * weights[`a/${part}/kernel`].data[i * d + j], 0),
    );
  const zero = new Array<number>(d).fill(0);
  const keys = [...new Array<number[]>(L - history.length).fill(zero), ...history.slice(0, index + 1)];
  const size = d / heads;
  const q = dense('query', history[index]);
  const bias = dense('output', zero);
  const moments = { mean: [...bias], variance: [...zero] };
  const shares = Array.from({ length: heads }, (_, head) => {
    const masses = keys.map((key) =>
      Math.exp(
        dense('key', key)
          .slice(head * size, (head + 1) * size)
          .reduce((sum, value, e) => sum + value * q[head * size + e], 0) / Math.sqrt(size),
      ),
    );
    return masses.map((mass) => mass / masses.reduce((a, b) => a + b, 0));
  });
  keys.forEach((key, j) => {
    const through = dense(
      'output',
      dense('value', key).map((value, e) => value * shares[Math.floor(e / size)][j]),
    ).map((value, e) => value - bias[e]);
    through.forEach((value, e) => {
      moments.mean[e] += value;
      moments.variance[e] += (value ** 2 * rate) / (1 - rate);
    });
  });
  return moments;
}

it.each([1, 2])('has the mean and variance of the padded form (heads: %i)', async (heads) => {
  const weights = weightsOf(heads);
  const engine = await createEngine({ provider: 'cpu', threads: 1, seed: 4 });
  const plane = { shape: [rows, L], dtype: 'int32' as const };
  const step = await engine.compileTraining(
    {
      name: 'attention',
      inputs: { x: { shape: [rows * L, d], dtype: 'float32' }, segments: plane, padded: plane },
      optimizer: adam({ learningRate: 1e-3 }),
      loss(params, feeds, context) {
        const virtual = paddedKeys(feeds.padded, L, context);
        const out = packedAttention(
          params,
          'a',
          { query: feeds.x, source: feeds.x, mask: segmentMask(feeds.segments, true), virtual },
          { rows, rowLength: L, heads, dropout: rate },
          context,
        );
        return { loss: tf.mean(out) as tf.Scalar, out };
      },
    },
    engine.createState(weights),
  );
  const [x, segments, padding] = [
    new Float32Array(rows * L * d),
    new Int32Array(rows * L),
    new Int32Array(rows * L),
  ];
  for (let r = 0; r < rows; r++) {
    x.set(sources[r % 2].flat(), r * L * d);
    let at = r * L;
    kinds[r % 2].forEach((length, k) => {
      segments.fill(k + 1, at, at + length);
      padding.fill(L - length, at, (at += length));
    });
  }
  const { outputs } = await step.run({ x, segments, padded: padding });
  const out = outputs.out.data as Float32Array;
  await engine.dispose();

  const draws = rows / 2;
  const far: string[] = [];
  kinds.forEach((lengths, kind) => {
    let first = 0;
    for (const length of lengths) {
      const history = sources[kind].slice(first, first + length);
      for (let index = 0; index < length; index++) {
        const expected = padded(weights, history, index, heads);
        for (let e = 0; e < d; e++) {
          const values = Array.from(
            { length: draws },
            (_, k) => out[((2 * k + kind) * L + first + index) * d + e],
          );
          const moment = (power: number): number =>
            values.reduce((sum, value) => sum + (value - expected.mean[e]) ** power, 0) / draws;
          const [error, variance] = [moment(1), moment(2)];
          // Five standard errors on either side, of about a hundred numbers each.
          const place = `history of ${length}, place ${index}, column ${e}`;
          if (!(Math.abs(error) < 5 * Math.sqrt(expected.variance[e] / draws)))
            far.push(`${place}: mean off by ${error}`);
          if (
            !(Math.abs(variance - expected.variance[e]) < 5 * Math.sqrt((moment(4) - variance ** 2) / draws))
          )
            far.push(`${place}: variance ${variance}, expected ${expected.variance[e]}`);
        }
      }
      first += length;
    }
  });
  expect(far).toEqual([]);
});

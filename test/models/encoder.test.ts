/**
 * method 16.2 and 16.3, on the plain TensorFlow.js backend; compiled and eager are compared in
 * encoderCompiled.slow.test.ts.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { NamedHostTensors, NamedTensors, ProgramContext } from '../../lib/src/engine/types';
import type { EncoderConfig } from '../../lib/src/models/encoder/config';
import { type EncoderOptions, encoder } from '../../lib/src/models/encoder/encoder';
import { type EncoderSequence, packBatch, fillRows } from '../../lib/src/models/encoder/packing';
import { initialEncoder } from '../../lib/src/models/encoder/parameters';
import { createRandom } from '../../lib/src/random';

const config: EncoderConfig = {
  attention: 'window',
  layers: 2,
  heads: 2,
  hidden: 8,
  intermediate: 12,
  vocabulary: 50,
  positions: 140,
  positionOffset: 2,
  tokenTypes: 4,
  itemPositions: 6,
  window: 8,
  normEps: 1e-5,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  initializerStd: 0.4,
};
const evaluation: ProgramContext = {
  training: false,
  dropout: (x) => x,
  uniform: () => {
    throw new Error('not used');
  },
  recomputed: (x, params, part) => part(x, params, evaluation),
};

const random = createRandom(11);
/** Weights with biases that are not zero, so that a forgotten bias is noticed. */
function weights(c: EncoderConfig): NamedHostTensors {
  const tensors = initialEncoder(c, random);
  for (const [name, tensor] of Object.entries(tensors)) {
    if (name.endsWith('/bias'))
      for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = 0.3 * random.normal();
  }
  return tensors;
}
const params = weights(config);
const sequence = (length: number): EncoderSequence => ({
  tokens: Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : 3 + random.integer(40))),
  types: Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : 1 + random.integer(2))),
  itemPositions: Int32Array.from({ length }, (_, i) => Math.min(5, Math.ceil(i / 7))),
});

interface Result {
  hidden: (i: number) => Float32Array;
  pooled: (i: number) => Float32Array;
  attention: (i: number, layer: number, head: number) => Float32Array;
}

/** Runs sequences packed into rows and hands out what belongs to each. */
function run(
  c: EncoderConfig,
  p: NamedHostTensors,
  sequences: EncoderSequence[],
  rowLength: number,
  slots: number,
  options: EncoderOptions = {},
): Result {
  return tf.tidy((): tf.TensorContainer => {
    const rows = fillRows(
      sequences.map((s) => s.tokens.length),
      rowLength,
      slots,
    );
    const shape = { rows: rows.length + 1, rowLength, slots };
    const { feeds, places, starts } = packBatch(c, shape, rows, sequences, 1);
    const inputs: NamedTensors = {};
    for (const [name, data] of Object.entries(feeds)) {
      inputs[name] =
        name === 'segments'
          ? tf.tensor2d(data, [shape.rows, rowLength], 'int32')
          : tf.tensor1d(data, 'int32');
    }
    const tensors = Object.fromEntries(
      Object.entries(p).map(([name, t]) => [name, tf.tensor(t.data as Float32Array, [...t.shape])]),
    );
    const out = encoder(tensors, inputs, evaluation, c, shape, options);
    const d = c.hidden;
    const [hidden, pooled] = [out.hidden?.dataSync() as Float32Array, out.pooled.dataSync() as Float32Array];
    const attentions = out.attentions.map((a) => a.dataSync() as Float32Array);
    const result: Result = {
      hidden: (i) => hidden.slice(starts[i] * d, (starts[i] + sequences[i].tokens.length) * d),
      pooled: (i) => pooled.slice(places[i] * d, (places[i] + 1) * d),
      attention: (i, layer, head) => {
        const [row, slot] = [Math.floor(places[i] / slots), places[i] % slots];
        const at = ((row * c.heads + head) * slots + slot) * rowLength + (starts[i] % rowLength);
        return attentions[layer].slice(at, at + sequences[i].tokens.length);
      },
    };
    return result as unknown as tf.TensorContainer;
  }) as unknown as Result;
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-5): void {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  expect(worst).toBeLessThan(tolerance);
}

/** method 4.2-4.4 in loops over numbers, one sequence, no tensors: the oracle. */
function bruteForce(
  c: EncoderConfig,
  p: NamedHostTensors,
  { tokens, types, itemPositions }: EncoderSequence,
): number[][] {
  const d = c.hidden;
  const at = (name: string, i: number, j = 0) => p[name].data[i * (p[name].shape[1] ?? 1) + j];
  const dense = (name: string, x: number[], from = 0, to = p[`${name}/kernel`].shape[1]) =>
    Array.from({ length: to - from }, (_, j) =>
      x.reduce((sum, xi, i) => sum + xi * at(`${name}/kernel`, i, from + j), at(`${name}/bias`, from + j)),
    );
  const norm = (name: string, x: number[]) => {
    const mean = x.reduce((a, b) => a + b) / d;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / d;
    return x.map(
      (v, j) =>
        ((v - mean) / Math.sqrt(variance + c.normEps)) * at(`${name}/gain`, j) + at(`${name}/bias`, j),
    );
  };
  const erf = (x: number) => {
    let sum = 0;
    let term = x;
    for (let n = 0; n < 60; n++) {
      sum += term / (2 * n + 1);
      term *= (-x * x) / (n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  };
  let x = Array.from(tokens, (token, i) =>
    norm(
      'embeddings/norm',
      Array.from(
        { length: d },
        (_, j) =>
          at('embeddings/words', token, j) +
          at('embeddings/positions', c.positionOffset + i, j) +
          at('embeddings/types', types![i], j) +
          at('embeddings/itemPositions', itemPositions![i], j),
      ),
    ),
  );
  for (let l = 0; l < c.layers; l++) {
    const name = `layer${l}/attention`;
    const [q, k, v] = [0, 1, 2].map((part) =>
      x.map((xi) => dense(`${name}/local`, xi, part * d, (part + 1) * d)),
    );
    const gq = dense(`${name}/globalQuery`, x[0]);
    const [gk, gv] = [0, 1].map((part) =>
      x.map((xi) => dense(`${name}/globalKeyValue`, xi, part * d, (part + 1) * d)),
    );
    const size = d / c.heads;
    x = x.map((xi, i) => {
      const attended: number[] = [];
      for (let h = 0; h < c.heads; h++) {
        const part = (row: number[]) => row.slice(h * size, (h + 1) * size);
        const keys = i === 0 ? gk : k;
        const values = i === 0 ? gv : v;
        const query = part(i === 0 ? gq : q[i]);
        const visible = x
          .map((_, j) => j)
          .filter((j) => i === 0 || j === 0 || Math.abs(i - j) <= c.window / 2);
        const scores = visible.map(
          (j) => part(keys[j]).reduce((sum, kj, n) => sum + kj * query[n], 0) / Math.sqrt(size),
        );
        const max = Math.max(...scores);
        const total = scores.reduce((sum, s) => sum + Math.exp(s - max), 0);
        for (let n = 0; n < size; n++)
          attended.push(
            visible.reduce(
              (sum, j, m) => sum + (Math.exp(scores[m] - max) / total) * values[j][h * size + n],
              0,
            ),
          );
      }
      const h1 = norm(
        `${name}/norm`,
        dense(`${name}/output`, attended).map((y, j) => y + xi[j]),
      );
      const inner = dense(`layer${l}/forward/inner`, h1).map((y) => y * 0.5 * (1 + erf(y / Math.SQRT2)));
      return norm(
        `layer${l}/forward/norm`,
        dense(`layer${l}/forward/outer`, inner).map((y, j) => y + h1[j]),
      );
    });
  }
  return x;
}

describe('windowed encoder', () => {
  const sequences = [5, 1, 30, 17, 9, 2, 24].map(sequence);

  it.each([
    ['dense', 32, 1],
    ['dense', 40, 4],
    ['banded', 32, 1],
    ['banded', 64, 5],
  ] as const)(
    'equals loops over numbers, %s, rows of %i tokens with up to %i sequences',
    (form, rowLength, slots) => {
      const result = run(config, params, sequences, rowLength, slots, { form });
      sequences.forEach((s, i) => {
        const oracle = bruteForce(config, params, s);
        expectClose(result.hidden(i), oracle.flat(), 1e-4);
        expectClose(result.pooled(i), oracle[0], 1e-4);
      });
    },
  );

  it('gives a sequence the same result in any company and form', () => {
    const alone = sequences.map((s) => run(config, params, [s], 40, 1, { form: 'dense' }));
    for (const form of ['dense', 'banded'] as const) {
      const together = run(config, params, sequences, 40, 6, { form });
      sequences.forEach((_, i) => {
        expectClose(together.hidden(i), alone[i].hidden(0));
        for (let layer = 0; layer < 2; layer++)
          expectClose(together.attention(i, layer, 1), alone[i].attention(0, layer, 1));
      });
    }
  });

  it('with pooledOnly computes the same pooled vectors', () => {
    const full = run(config, params, sequences, 40, 6);
    const short = run(config, params, sequences, 40, 6, { pooledOnly: true });
    sequences.forEach((_, i) => expectClose(short.pooled(i), full.pooled(i)));
  });

  it('in one layer, an ordinary token does not depend on tokens beyond the window, <s> excepted', () => {
    const one = { ...config, layers: 1 };
    const before = sequence(30);
    const changed = { ...before, tokens: before.tokens.slice() };
    changed.tokens[20] = changed.tokens[20] === 7 ? 8 : 7;
    const [a, b] = [before, changed].map((s) => run(one, params, [s], 32, 1).hidden(0));
    const differs = (i: number) => a.slice(i * 8, i * 8 + 8).some((x, j) => x !== b[i * 8 + j]);
    expect(Array.from({ length: 30 }, (_, i) => i).filter(differs)).toEqual([
      0, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    ]);
    // ... and every ordinary token depends on <s>.
    changed.tokens.set(before.tokens);
    changed.tokens[0] = 9;
    const c = run(one, params, [changed], 32, 1).hidden(0);
    for (let i = 0; i < 30; i++) expect(a.slice(i * 8, i * 8 + 8)).not.toEqual(c.slice(i * 8, i * 8 + 8));
  });

  it('up to window / 2 + 1 tokens, local attention is full attention', () => {
    const one: EncoderConfig = { ...config, layers: 1 };
    const short = sequence(5);
    const windowed = run(one, params, [short], 8, 1).hidden(0);
    const full = run({ ...one, attention: 'full' }, params, [short], 8, 1).hidden(0);
    expectClose(windowed.slice(8), full.slice(8));
    expect(windowed.slice(0, 8)).not.toEqual(full.slice(0, 8));
  });

  it('gives the attention of <s>: one distribution over the tokens of the sequence', () => {
    const result = run(config, params, sequences, 40, 6);
    sequences.forEach((_, i) => expect(result.attention(i, 1, 0).reduce((a, b) => a + b)).toBeCloseTo(1, 5));
  });
});

describe('full attention', () => {
  it('packs without influence and pools the mean over the tokens of each sequence', () => {
    const bert: EncoderConfig = {
      ...config,
      attention: 'full',
      itemPositions: 0,
      positionOffset: 0,
      normEps: 1e-12,
    };
    const p = weights(bert);
    const sequences = [5, 1, 12].map((n) => ({ tokens: sequence(n).tokens }));
    const packed = run(bert, p, sequences, 20, 3, { pooling: 'mean' });
    sequences.forEach((s, i) => {
      const alone = run(bert, p, [s], 12, 1, { pooling: 'mean' });
      expectClose(packed.pooled(i), alone.pooled(0));
      const hidden = packed.hidden(i);
      const mean = Array.from({ length: 8 }, (_, j) =>
        s.tokens.reduce((sum, _, t) => sum + hidden[t * 8 + j] / s.tokens.length, 0),
      );
      expectClose(packed.pooled(i), mean);
    });
  });
});

describe('packing', () => {
  it('places every sequence once, within rows and slots', () => {
    const lengths = Array.from({ length: 200 }, () => 1 + random.integer(32));
    const rows = fillRows(lengths, 32, 4);
    expect(rows.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
    for (const row of rows) {
      expect(row.length).toBeLessThanOrEqual(4);
      expect(row.reduce((sum, i) => sum + lengths[i], 0)).toBeLessThanOrEqual(32);
    }
    const total = lengths.reduce((a, b) => a + b);
    expect(rows.length).toBeLessThan((1.15 * total) / 32);
    expect(() => fillRows([33], 32, 4)).toThrow(/1 to 32 tokens, got 33/);
  });
});

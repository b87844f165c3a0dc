/**
 * The counter-based generator: the share dropped, independence of neighbours, sites and steps, and the same
 * numbers everywhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createEngine, type Program, sgd, type TrainingProgram } from '../../lib/src/engine';
import { dropoutMask, fillWords, nearSquare, wordCount, type RandomSite } from '../../lib/src/engine/random';

function mask(size: number, rate: number, { seed = 1, step = 1, site = 0 } = {}): Float32Array {
  const at: RandomSite = { kind: 'dropout', site, size };
  const words = new Int32Array(wordCount(at));
  fillWords(words, at, seed, step);
  return dropoutMask(words, size, rate);
}

const SIZE = 512 * 512;

describe('the dropout mask', () => {
  it.each([0.1, 0.5, 0.9])('drops a share of %d', (rate) => {
    // Five standard deviations of a binomial share.
    const tolerance = 5 * Math.sqrt((rate * (1 - rate)) / SIZE);
    for (let seed = 0; seed < 5; seed++) {
      const kept = mask(SIZE, rate, { seed }).reduce((a, b) => a + b, 0) / SIZE;
      expect(Math.abs(1 - rate - kept)).toBeLessThan(tolerance);
    }
  });

  it('is uncorrelated along rows, along columns, between steps, sites and seeds', () => {
    const first = mask(SIZE, 0.5);
    const agreement = (other: (i: number) => number): number => {
      let same = 0;
      for (let i = 0; i < SIZE; i++) same += first[i] === other(i) ? 1 : 0;
      return Math.abs(same / SIZE - 0.5);
    };
    const tolerance = (5 * 0.5) / Math.sqrt(SIZE);
    for (const shift of [1, 2, 511, 512, 513, 5 * 512 + 3])
      expect(
        agreement((i) => first[(i + shift) % SIZE]),
        `shift ${shift}`,
      ).toBeLessThan(tolerance);
    for (const other of [
      mask(SIZE, 0.5, { step: 2 }),
      mask(SIZE, 0.5, { site: 1 }),
      mask(SIZE, 0.5, { seed: 2 }),
    ]) {
      expect(agreement((i) => other[i])).toBeLessThan(tolerance);
    }
  });

  it('spreads evenly over rows and over columns', () => {
    const kept = mask(SIZE, 0.5);
    const [rows, columns] = nearSquare(SIZE);
    for (const along of [
      (i: number, k: number) => i * columns + k,
      (i: number, k: number) => k * columns + i,
    ]) {
      const sums = Array.from({ length: rows }, (_, i) => {
        let sum = 0;
        for (let k = 0; k < columns; k++) sum += kept[along(i, k)];
        return sum;
      });
      const variance = sums.reduce((total, sum) => total + (sum - columns / 2) ** 2, 0) / rows;
      expect(variance / (columns / 4)).toBeGreaterThan(0.6);
      expect(variance / (columns / 4)).toBeLessThan(1.6);
    }
  });

  it('has as few words as it can', () => {
    expect(nearSquare(6400 * 768)).toEqual([2400, 2048]);
    expect(nearSquare(13)).toEqual([13, 1]);
  });
});

describe('dropout in a program', () => {
  const training: TrainingProgram = {
    name: 'masks',
    inputs: {},
    optimizer: sgd({ learningRate: 0 }),
    loss: ({ x }, _, context) => {
      const dropped = context.dropout(x, 0.25);
      return {
        loss: tf.sum(dropped),
        dropped,
        again: context.dropout(x, 0.25),
        uniform: context.uniform([5, 3]),
      };
    },
  };
  const run = async (provider: 'cpu' | 'tfjs') => {
    const engine = await createEngine({ provider, seed: 11, threads: 1 });
    const state = engine.createState({
      x: { shape: [30, 7], dtype: 'float32', data: new Float32Array(210).fill(3) },
    });
    const step = await engine.compileTraining(training, state);
    const ahead = [(await step.forward({})).outputs, (await step.forward({}, 1)).outputs];
    const results = [(await step.run({})).outputs, (await step.run({})).outputs];
    const { gradients } = await step.gradients({});
    const evaluation: Program = {
      name: 'evaluation',
      inputs: {},
      outputs: ({ x }, _, context) => ({ x: context.dropout(x, 0.25) }),
    };
    const evaluated = (await (await engine.compile(evaluation, state)).run({})).x;
    await engine.dispose();
    return { ahead, results, gradients, evaluated };
  };

  it('is bit-identical compiled, eager and ahead, new at each step and site, off in evaluation', async () => {
    const compiled = await run('cpu');
    expect(compiled).toEqual(await run('tfjs'));
    const [first, second] = compiled.results;
    expect(compiled.ahead).toEqual([first, second]);
    expect(first.dropped.data).not.toEqual(second.dropped.data);
    expect(first.dropped.data).not.toEqual(first.again.data);
    expect(new Set(first.dropped.data)).toEqual(new Set([0, 4]));
    expect(new Set(compiled.gradients.x.data)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(compiled.evaluated.data).toEqual(new Float32Array(210).fill(3));
    for (const u of first.uniform.data) expect(u >= 0 && u < 1).toBe(true);
    expect(new Set(first.uniform.data).size).toBe(15);
  });
});

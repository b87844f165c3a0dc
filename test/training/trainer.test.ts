/**
 * The trainer without any model: patience, best weights, strict improvement, abort, resume, start as
 * candidate.
 */
import { describe, expect, it } from 'vitest';
import type { NamedHostTensors } from '../../lib/src/engine/types';
import { train, type Trainee, type TrainingCheckpoint, type TrainingProgress } from '../../lib/src/training';

/** A "model" of one number that counts its updates; its metric after epoch e is values[e - 1]. */
function counting(values: readonly number[], start = 0): Trainee & { value(): number } {
  let weight = 0;
  const held = (): NamedHostTensors => ({
    weight: { shape: [1], dtype: 'float32', data: Float32Array.of(weight) },
  });
  return {
    value: () => weight,
    async trainEpoch(_, onStep, from) {
      for (let step = from + 1; step <= 3; step++) {
        weight++;
        await onStep(step, 3, 10 - weight);
      }
    },
    validate: async () => ({ score: weight === 0 ? start : values[weight / 3 - 1] }),
    weights: async () => held(),
    snapshot: async () => held(),
    restore: async (saved) => void (weight = saved.weight.data[0]),
  };
}

const OPTIONS = { epochs: 20, patience: 2, metric: 'score' };

describe('train', () => {
  it('stops when patience is used up and gives back the best weights', async () => {
    const trainee = counting([0.1, 0.4, 0.4, 0.3, 0.9]);
    const result = await train(trainee, OPTIONS);
    expect(result).toMatchObject({ epoch: 4, bestEpoch: 2, bestMetric: 0.4, stopped: 'patience' });
    expect(trainee.value()).toBe(6);
    expect(result.log.map(({ epoch, loss }) => [epoch, loss])).toEqual([
      [1, 8],
      [2, 5],
      [3, 2],
      [4, -1],
    ]);
  });

  it('runs all epochs while it gets better', async () => {
    const result = await train(counting([1, 2, 3]), { ...OPTIONS, epochs: 3 });
    expect(result).toMatchObject({ epoch: 3, bestEpoch: 3, stopped: 'epochs' });
  });

  it('counts the starting weights as a candidate on request', async () => {
    const trainee = counting([0.1, 0.2], 0.5);
    const result = await train(trainee, { ...OPTIONS, startIsCandidate: true });
    expect(result).toMatchObject({ bestEpoch: 0, bestMetric: 0.5, epoch: 2 });
    expect(trainee.value()).toBe(0);
  });

  it('reports every update and every validation, with time left', async () => {
    const seen: TrainingProgress[] = [];
    await train(counting([1, 2]), { ...OPTIONS, epochs: 2, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ epoch, step, metric }) => [epoch, step, metric])).toEqual([
      [1, 1, undefined],
      [1, 2, undefined],
      [1, 3, undefined],
      [1, 3, 1],
      [2, 1, undefined],
      [2, 2, undefined],
      [2, 3, undefined],
      [2, 3, 2],
    ]);
    expect(seen.every(({ timeLeft }) => timeLeft >= 0)).toBe(true);
    expect(seen[7].timeLeft).toBe(0);
  });

  it('stops after the update under way when aborted', async () => {
    const controller = new AbortController();
    const trainee = counting([1, 2, 3]);
    const running = train(trainee, {
      ...OPTIONS,
      signal: controller.signal,
      onProgress: ({ epoch, step }) => {
        if (epoch === 2 && step === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(trainee.value()).toBe(5);
  });

  describe('with a further metric', () => {
    const both = (score: readonly number[], other: readonly number[]): ReturnType<typeof counting> => {
      const trainee = counting(score);
      return {
        ...trainee,
        validate: async () => ({ ...(await trainee.validate()), other: other[trainee.value() / 3 - 1] }),
      };
    };

    it('keeps the best weights by each, and stops when both have run out of patience', async () => {
      const trainee = both([0.5, 0.6, 0.1, 0.1, 0.1, 0.1, 0.9], [0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.9]);
      const result = await train(trainee, { ...OPTIONS, also: { other: -Infinity } });
      expect(result).toMatchObject({
        epoch: 6,
        bestEpoch: 2,
        also: { other: { bestEpoch: 4, bestMetric: 0.4 } },
        stopped: 'patience',
      });
      expect([
        result.weights.weight.data[0],
        result.alsoWeights.other.weight.data[0],
        trainee.value(),
      ]).toEqual([6, 12, 6]);
    });

    it('keeps nothing by a metric that did not beat the given value', async () => {
      const result = await train(both([1, 2, 3], [0.3, 0.5, 0.4]), {
        ...OPTIONS,
        epochs: 3,
        also: { other: 0.5 },
      });
      expect(result).toMatchObject({
        bestEpoch: 3,
        also: { other: { bestEpoch: 0, bestMetric: 0.5 } },
        alsoWeights: {},
      });
    });

    it('resumes from its checkpoint', async () => {
      const [score, other] = [
        [0.5, 0.6, 0.1, 0.1, 0.1, 0.1],
        [0.1, 0.2, 0.3, 0.4, 0.3, 0.2],
      ];
      const whole = await train(both(score, other), { ...OPTIONS, also: { other: -Infinity } });
      let kept: Awaited<ReturnType<TrainingCheckpoint['load']>>;
      const checkpoint: TrainingCheckpoint = {
        load: async () => kept,
        save: async (state, tensors, best, also) =>
          void (kept = structuredClone({ state, tensors, best, also })),
      };
      await train(both(score, other), { ...OPTIONS, epochs: 5, also: { other: -Infinity }, checkpoint });
      const resumed = await train(both(score, other), { ...OPTIONS, also: { other: -Infinity }, checkpoint });
      expect(resumed).toMatchObject({
        epoch: whole.epoch,
        also: whole.also,
        weights: whole.weights,
        alsoWeights: whole.alsoWeights,
      });
    });
  });

  it('resumes from its checkpoint as if it had never stopped', async () => {
    const values = [0.1, 0.5, 0.2, 0.6, 0.1, 0.1];
    const whole = await train(counting(values), OPTIONS);
    let kept: Awaited<ReturnType<TrainingCheckpoint['load']>>;
    const checkpoint: TrainingCheckpoint = {
      load: async () => kept,
      save: async (state, tensors, best) => void (kept = structuredClone({ state, tensors, best })),
    };
    const controller = new AbortController();
    const first = train(counting(values), {
      ...OPTIONS,
      checkpoint,
      signal: controller.signal,
      onProgress: ({ epoch, step }) => {
        if (epoch === 4 && step === 1) controller.abort();
      },
    });
    await expect(first).rejects.toThrow();
    const second = counting(values);
    const resumed = await train(second, { ...OPTIONS, checkpoint });
    expect(resumed).toMatchObject({
      epoch: whole.epoch,
      bestEpoch: whole.bestEpoch,
      bestMetric: whole.bestMetric,
      weights: whole.weights,
    });
    expect(resumed.log.map(({ epoch, loss, metrics }) => ({ epoch, loss, metrics }))).toEqual(
      whole.log.map(({ epoch, loss, metrics }) => ({ epoch, loss, metrics })),
    );
  });

  it('resumes within an epoch after a checkpoint at any update, in the first epoch too', async () => {
    const values = [0.1, 0.5, 0.2, 0.6, 0.1, 0.1];
    const whole = await train(counting(values), OPTIONS);
    for (const [inEpoch, atStep] of [
      [1, 3],
      [3, 1],
      [5, 2],
    ]) {
      let kept: Awaited<ReturnType<TrainingCheckpoint['load']>>;
      const saves: [number, number | undefined][] = [];
      const checkpoint: TrainingCheckpoint = {
        due: () => true,
        load: async () => kept,
        save: async (state, tensors, best) => {
          kept = structuredClone({ state, tensors, best });
          saves.push([state.epoch, state.begun?.steps]);
        },
      };
      const controller = new AbortController();
      const first = train(counting(values), {
        ...OPTIONS,
        checkpoint,
        signal: controller.signal,
        onProgress: ({ epoch, step, metric }) => {
          if (epoch === inEpoch && step === atStep && metric === undefined) controller.abort();
        },
      });
      await expect(first).rejects.toThrow();
      expect(saves.at(-1)).toEqual([inEpoch - 1, atStep === 1 ? undefined : atStep - 1]);
      const seen: [number, number][] = [];
      const resumed = await train(counting(values), {
        ...OPTIONS,
        checkpoint,
        onProgress: ({ epoch, step }) => seen.push([epoch, step]),
      });
      expect(seen[0]).toEqual([inEpoch, atStep]);
      expect(resumed).toMatchObject({
        epoch: whole.epoch,
        bestEpoch: whole.bestEpoch,
        bestMetric: whole.bestMetric,
        weights: whole.weights,
      });
      expect(resumed).not.toHaveProperty('begun');
      expect(resumed.log.map(({ epoch, loss, metrics }) => ({ epoch, loss, metrics }))).toEqual(
        whole.log.map(({ epoch, loss, metrics }) => ({ epoch, loss, metrics })),
      );
    }
  });

  it('does not save an epoch for which its checkpoint is not due', async () => {
    let saves = 0;
    const checkpoint: TrainingCheckpoint = {
      due: () => false,
      load: async () => undefined,
      save: async () => void saves++,
    };
    await train(counting([1, 2]), { ...OPTIONS, epochs: 2, checkpoint });
    expect(saves).toBe(0);
  });

  it('names the metrics that there are when the wanted one is not', async () => {
    await expect(train(counting([1]), { ...OPTIONS, metric: 'NDCG' })).rejects.toThrow(
      'expected a validation metric "NDCG", got score',
    );
  });
});

/** FT1 and FT2 as the trainer sees them: what each update feeds, validation, weights (method 6.1 to 6.6). */
import { trainPart } from '../../data/splits';
import type { Feeds } from '../../engine/types';
import { flatMetrics } from '../../evaluation/validationMetrics';
import type { EncoderSequence } from '../../models/encoder/packing';
import { sequenceInput } from '../../text/recformerInput';
import type { Trainee } from '../trainer';
import { STEPS_BEFORE } from './countedFrom';
import { type FinetuneRun, samplesAtOnce } from './finetuneRun';
import { ITEM_TABLE } from './finetuningProgram';
import { finetuningSchedule, usualSchedule } from './schedules';
import { piecesOf } from './updatePieces';
import type { Sample } from './updatePlan';

/**
 * `encodesItems`: every epoch begins with a new item table; `withTable`: the table is trained. `before`:
 * epochs of the trainings before this one.
 */
export interface Training {
  encodesItems: boolean;
  withTable: boolean;
  before: number;
}

export function finetuneTrainee(run: FinetuneRun, training: Training): Trainee {
  const { input, state, updates } = run;
  const { pieces } = run.settings;
  const steps = run.steps(training.withTable);
  return {
    async trainEpoch(epochOfThis, onStep, from) {
      if (training.encodesItems && from === 0) await state.write(ITEM_TABLE, await run.encodeItems());
      const epoch = training.before + epochOfThis;
      const plan = updates.ofEpoch(epoch);
      for (let k = from; k < plan.length; k++) {
        const rates = scalarFeeds(run, training, epoch * updates.perEpoch + k);
        let loss = 0;
        for (const samples of piecesOf(plan[k], pieces)) {
          const step = await steps.run(histories(run, samples), ({ places }) => ({
            ...targetFeeds(run, samples, places),
            ...rates,
          }));
          loss += step.loss / pieces;
        }
        await onStep(k + 1, plan.length, loss);
      }
    },
    async validate() {
      const { metrics } = await run.evaluate({ split: 'validation' });
      return flatMetrics(metrics);
    },
    weights: () => state.snapshot((name) => name === ITEM_TABLE || Object.hasOwn(input.model.weights, name)),
    snapshot: () => state.snapshot(),
    restore: (tensors) => state.restore(tensors),
  };
}

/** What the model reads: the items before each label. */
function histories({ input, settings }: FinetuneRun, samples: readonly Sample[]): EncoderSequence[] {
  const { dataset, itemTokens, cls } = input;
  return samples.map(({ row, t }) => {
    const items = Array.from(trainPart(dataset, row).subarray(0, t), (id) => itemTokens[id - 1]);
    return sequenceInput(items, cls, settings.limits);
  });
}

/** `places`: of the histories in the pooled output. */
function targetFeeds(
  { input: { dataset }, updates, settings }: FinetuneRun,
  samples: readonly Sample[],
  places: ArrayLike<number>,
): Feeds {
  const size = samplesAtOnce(updates, settings.pieces);
  const users = new Int32Array(size);
  const targets = new Int32Array(size).fill(1);
  const weights = new Float32Array(size);
  samples.forEach(({ row, t, weight }, i) => {
    users[i] = places[i];
    targets[i] = trainPart(dataset, row)[t];
    weights[i] = weight;
  });
  return { users, targets, weights };
}

/** `update` counts from the start of FT1. */
function scalarFeeds({ settings, updates }: FinetuneRun, training: Training, update: number): Feeds {
  const { learningRate, scheduleEpochs, warmup } = settings;
  const schedule = settings.schedule === 'coded' ? finetuningSchedule : usualSchedule;
  return {
    learningRate: learningRate * schedule(update, updates.perEpoch * scheduleEpochs, warmup),
    ...(training.withTable && { [STEPS_BEFORE]: training.before * updates.perEpoch }),
  };
}

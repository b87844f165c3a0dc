/** Stage-PT as the trainer sees it: what each micro-batch feeds, validation, weights (method 5.2 to 5.5). */
import { shuffledOrder } from '../../data/shuffle';
import type { Feeds } from '../../engine/types';
import type { PackedBatch } from '../../models/encoder/packing';
import { createRandom } from '../../random';
import type { Trainee } from '../trainer';
import { contrastiveAccuracies } from './contrastiveAccuracy';
import { labelFeeds, type MaskedSide } from './labelFeeds';
import type { MaskedTokens } from './maskWords';
import { bothSides, drawPairs, epochBatches, maskPairs } from './pretrainingBatches';
import type { PretrainRun } from './pretrainRun';
import { linearDecay } from './schedules';

export function pretrainTrainee(run: PretrainRun): Trainee {
  const { input, settings, model, state, encoder } = run;
  return {
    trainEpoch: (epoch, onStep, from) => trainEpoch(run, epoch, onStep, from),
    async validate() {
      const pairs = drawPairs(input.validation, input, settings, createRandom(settings.seed + 7));
      const vectors = await encoder.encode(bothSides(pairs));
      return contrastiveAccuracies(vectors, model.config.hidden, input.validation);
    },
    weights: () =>
      state.snapshot((name) => Object.hasOwn(model.weights, name) || Object.hasOwn(model.head, name)),
    snapshot: () => state.snapshot(),
    restore: (tensors) => run.steps.restore(tensors),
  };
}

async function trainEpoch(
  run: PretrainRun,
  epoch: number,
  onStep: (done: number, total: number, loss: number) => Promise<void>,
  from: number,
): Promise<void> {
  const { input, settings, plan } = run;
  const { seed, batch, batchMix, maskBudget } = settings;
  const random = createRandom(seed + 1000003 * (epoch + 1));
  const order = shuffledOrder(input.train.length, seed, epoch + 1);
  const batches = epochBatches(input.train, order, batch, batchMix);
  for (let k = 0; k < plan.microBatches; k++) {
    const chosen = batches[k].map((i) => input.train[i]);
    const pairs = drawPairs(chosen, input, settings, random);
    const masked = maskPairs(pairs, run.vocabulary, maskBudget, random);
    // Updates that are done already have drawn their share of the random numbers.
    if (k < from) continue;
    const plain = bothSides(pairs);
    const sequences = [...plain, ...plain.map((side, i) => ({ ...side, tokens: masked[i].tokens }))];
    const update = Math.floor((epoch * plan.microBatches + k) / plan.group);
    const { loss } = await run.steps.run(sequences, (packed, shape) => ({
      ...labelFeeds(run.labelPlaces(shape), packed, maskedSides(masked, settings.maskedWeight)),
      ...pairFeeds(packed, pairs.length, batch),
      learningRate: settings.learningRate * linearDecay(update, plan.updatesOf(settings.epochs)),
    }));
    await onStep(k + 1, plan.microBatches, loss);
  }
}

/** The masked copies come after both plain sides. */
function maskedSides(masked: readonly MaskedTokens[], weight: number): MaskedSide[] {
  const n = masked.length / 2;
  return [0, n].map((from) => ({
    weight,
    sequences: masked.slice(from, from + n).map((each, i) => ({ index: 2 * n + from + i, masked: each })),
  }));
}

/** Where the two sides of `n` pairs went; places of `batch` that are left over have weight 0. */
function pairFeeds({ places }: PackedBatch, n: number, batch: number): Feeds {
  return {
    users: Int32Array.from({ length: batch }, (_, i) => places[i < n ? i : 0]),
    items: Int32Array.from({ length: batch }, (_, i) => places[i < n ? n + i : n]),
    pairWeights: Float32Array.from({ length: batch }, (_, i) => (i < n ? 1 : 0)),
  };
}

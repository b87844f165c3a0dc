/** Stage-PT as the trainer sees it: what each micro-batch feeds, validation, weights (method 5.2 to 5.5). */
import { shuffledOrder } from '../../data/shuffle';
import { createRandom } from '../../random';
import type { Trainee } from '../trainer';
import { contrastiveAccuracies } from './contrastiveAccuracy';
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
    restore: (tensors) => state.restore(tensors),
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
    // Updates that are already done have drawn their share of the random numbers.
    if (k < from) continue;
    const taken = epoch * plan.microBatches + k;
    const update = Math.floor(taken / plan.group);
    const loss = await run.steps.run(
      { pairs, masked },
      {
        learningRate: settings.learningRate * linearDecay(update, plan.updatesOf(settings.epochs)),
        update: (taken + 1) % plan.group === 0 ? update + 1 : 0,
      },
    );
    await onStep(k + 1, plan.microBatches, loss);
  }
}

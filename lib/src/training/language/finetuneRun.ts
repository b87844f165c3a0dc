/**
 * A run of FT1 and FT2 on one domain: RECFORMER's state, the plan of updates, and their compiled steps.
 * finetuneTrainee.ts makes what the steps are fed.
 */
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { accumulateGradients, adamW } from '../../engine/optimizers';
import { countedFrom } from './countedFrom';
import type { FinetuneInput, FinetuneOptions } from './finetuneOptions';
import { finetuningProgram, ITEM_TABLE } from './finetuningProgram';
import { longestInput } from './longestInput';
import { packedShapes } from './packedShapes';
import { PackedSteps } from './packedSteps';
import { openStage, type RecformerStage } from './recformerStage';
import { sampledUpdates } from './sampledBatches';
import { tunedWeights } from './tunedLayers';
import { parts } from './updatePieces';
import { type UpdatePlan, updatePlan } from './updatePlan';

export interface FinetuneRun extends RecformerStage {
  readonly input: FinetuneInput;
  readonly settings: FinetuneOptions;
  readonly updates: UpdatePlan;
  /**
   * The compiled updates, of the weights alone or of weights and item table. Repeated calls return the same
   * ones.
   */
  steps(withTable: boolean): PackedSteps;
}

/** Samples of the largest step. */
export function samplesAtOnce({ mostSamples }: UpdatePlan, pieces: number): number {
  return Math.ceil(mostSamples / pieces);
}

/** Opens a run. Always `close` it. @throws InputError for input that does not fit. */
export function openFinetuneRun(input: FinetuneInput, settings: FinetuneOptions): FinetuneRun {
  const stage = openStage(input, settings.limits);
  const updates = updatePlan(input.dataset, settings);
  const opened = new Map<boolean, PackedSteps>();
  const make = stepsMaker(input, settings, stage, updates);
  return {
    ...stage,
    input,
    settings,
    updates,
    steps(withTable) {
      const steps = opened.get(withTable) ?? make(withTable);
      opened.set(withTable, steps);
      return steps;
    },
    async close() {
      for (const steps of opened.values()) await steps.dispose();
      await stage.close();
    },
  };
}

function stepsMaker(
  { engine, dataset, model, itemTokens }: FinetuneInput,
  { limits, tuned, learningRate, weightDecay, pieces }: FinetuneOptions,
  { state }: RecformerStage,
  updates: UpdatePlan,
): (withTable: boolean) => PackedSteps {
  const { config, padToken } = model;
  const optimizer = adamW({ learningRate, weightDecay, decays: (name) => name !== ITEM_TABLE });
  const tunes = tunedWeights(tuned, config.layers, { freezeWords: false });
  const shapes = packedShapes(
    config,
    sampledUpdates(dataset, itemTokens, limits, updates).flatMap((lengths) => parts(lengths, pieces)),
    longestInput(trainHistories(dataset), itemTokens, limits),
  );
  return (withTable) => {
    const training = {
      optimizer: accumulateGradients(withTable ? countedFrom(optimizer, ITEM_TABLE) : optimizer, pieces),
      trainable: (name: string) => (name === ITEM_TABLE ? withTable : tunes(name)),
    };
    const users = samplesAtOnce(updates, pieces);
    return new PackedSteps({
      engine,
      state,
      config,
      padToken,
      shapes,
      program: (shape) => finetuningProgram(config, { ...shape, users }, training),
    });
  };
}

function* trainHistories(dataset: Dataset): Generator<Int32Array> {
  for (let row = 0; row < dataset.users; row++) yield trainPart(dataset, row);
}

/** Stage PT: pre-training on behaviour in the pre-training domains (reference.md 5), from a language model. */
import { createEngine } from '../../engine/engine';
import { tokenizeItems } from '../../text';
import { INPUT_LIMITS, type InputLimits } from '../../text/recformerInput';
import { CONTRASTIVE_ACCURACY, pretrain, pretrainingSequences, type TunedLayers } from '../../training/language';
import type { StageFunction } from '../stage';
import { storedTokenizer } from './language';
import { loadDataset } from './storedDataset';
import { loadModel, storeModel } from './storedModel';

export interface PretrainConfig {
  /** Share of the sequences (Figure 2); larger shares contain the smaller ones. */
  fraction: number;
  /** Share of all sequences that is held out (D29). */
  heldOut: number;
  epochs: number;
  /** Pairs of a micro-batch, each other's negatives. */
  batch: number;
  /** Micro-batches of an update. */
  accumulation: number;
  learningRate: number;
  tuned: TunedLayers;
  limits: Partial<InputLimits>;
  /** Domains that are evaluated later: their validation and test items are left out (D28). */
  evaluated: string[];
  seed: number;
}

export interface PretrainJson {
  sequences: number;
  updates: number;
  bestEpoch: number;
  log: { epoch: number; loss: number | null; accuracy: number }[];
}

export const run: StageFunction = async (config, { model, tokenizer: vocabulary, ...domains }, { threads, signal, progress, checkpoint }) => {
  const { fraction, heldOut, epochs, batch, accumulation, learningRate, tuned, limits: given, evaluated, seed } = config as unknown as PretrainConfig;
  const limits = { ...INPUT_LIMITS, ...given };
  const tokenizer = await storedTokenizer(vocabulary);
  const datasets = Object.keys(domains).sort().map((name) => loadDataset(domains[name]));
  const { train, validation } = pretrainingSequences(datasets, { fraction, heldOut, evaluated, seed });
  const engine = await createEngine({ provider: 'cpu', threads, seed });
  try {
    const { model: trained, result, updates } = await pretrain(
      {
        engine, model: loadModel(model), tokenizer, itemTokens: datasets.map(({ itemTexts }) => tokenizeItems(itemTexts, tokenizer, limits)), train, validation, signal,
        checkpoint: checkpoint('PT'),
        onProgress: ({ epoch, step, steps, loss }) => progress((epoch - 1 + step / Math.max(1, steps)) / epochs, `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}`),
      },
      { epochs, batch, accumulation, learningRate, tuned, limits, seed },
    );
    const { json, arrays } = storeModel({ ...trained, head: undefined });
    const log = result.log.map(({ epoch, loss, metrics }) => ({ epoch, loss, accuracy: metrics[CONTRASTIVE_ACCURACY] }));
    const facts: PretrainJson = { sequences: train.length, updates, bestEpoch: result.bestEpoch, log };
    return { json: { model: json, ...facts }, arrays };
  } finally {
    await engine.dispose();
  }
};

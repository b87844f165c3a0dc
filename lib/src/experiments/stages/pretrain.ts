/** Stage PT: pre-training on behaviour in the pre-training domains (method 5), from a language model. */
import { createEngine } from '../../engine/engine';
import { INPUT_LIMITS, type InputLimits } from '../../text/recformerInput';
import { ACCURACY_WITHIN_DOMAIN, CONTRASTIVE_ACCURACY } from '../../training/language/contrastiveAccuracy';
import { pretrain } from '../../training/language/pretrain';
import {
  pretrainingSequences,
  type PretrainingSequencesOptions,
} from '../../training/language/pretrainingSequences';
import type { PretrainOptions } from '../../training/language/pretrainOptions';
import type { TunedLayers } from '../../training/language/tunedLayers';
import type { EpochLog } from '../../training/trainingCheckpoint';
import type { StageFunction, StageResult } from '../../pipeline/stage';
import { providerOf } from './providerOf';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { loadItemTokens, tokensOf, type ItemTokensFacts } from './storedItemTokens';
import { loadModel, storeModel, type ModelFacts } from './storedModel';
import { storedTokenizer, type TokenizerFacts } from './storedTokenizer';

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
  /** If a batch is computed in pieces. */
  tokensAtOnce?: number;
  recompute?: boolean;
  learningRate: number;
  tuned: TunedLayers;
  limits: Partial<InputLimits>;
  /** Domains that are evaluated later: their validation and test items are left out (D28). */
  evaluated: string[];
  /** Whether they are (D28), and what masking and its loss are (D24-D26). */
  targets: PretrainingSequencesOptions['targets'];
  maskedWeight: PretrainOptions['maskedWeight'];
  maskBudget: PretrainOptions['maskBudget'];
  /** Domains of a batch (D52). */
  batchMix: PretrainOptions['batchMix'];
  freezeWords: PretrainOptions['freezeWords'];
  /** Only in keys of trainings in mixed precision (EngineOptions). */
  precision?: 'mixed';
  seed: number;
}

export interface PretrainFacts extends ModelFacts {
  sequences: number;
  updates: number;
  bestEpoch: number;
  log: { epoch: number; loss: number | null; accuracy: number; accuracyWithin: number }[];
  /** Held-out sequences that accuracy is measured on. */
  heldOut: number;
}

/** Of each domain its dataset, and the tokens of its items under the name that tokensOf gives. */
export interface PretrainInputs {
  [domain: string]: DatasetFacts | ItemTokensFacts | ModelFacts | TokenizerFacts;
  model: ModelFacts;
  tokenizer: TokenizerFacts;
}

export const run: StageFunction<PretrainConfig, PretrainFacts, PretrainInputs> = async (
  config,
  { model, tokenizer: vocabulary, ...perDomain },
  context,
) => {
  const { threads, signal, progress, checkpoint } = context;
  const { fraction, heldOut, evaluated, targets, limits, precision, ...options } = config;
  const { epochs, seed } = options;
  const tokenizer = await storedTokenizer(vocabulary);
  const domains = Object.keys(perDomain)
    .filter((name) => tokensOf(name) in perDomain)
    .sort();
  const datasets = domains.map((name) => loadDataset(perDomain[name] as StageResult<DatasetFacts>));
  const itemTokens = domains.map(
    (name) => loadItemTokens(perDomain[tokensOf(name)] as StageResult<ItemTokensFacts>).itemTokens,
  );
  const { train, validation } = pretrainingSequences(datasets, {
    fraction,
    heldOut,
    evaluated,
    targets,
    seed,
  });
  const engine = await createEngine({ provider: providerOf(context), threads, seed, precision });
  try {
    const {
      model: trained,
      result,
      updates,
    } = await pretrain(
      {
        engine,
        model: loadModel(model),
        tokenizer,
        itemTokens,
        train,
        validation,
        signal,
        checkpoint: checkpoint('PT'),
        onProgress: ({ epoch, step, steps, loss }) =>
          progress(
            (epoch - 1 + step / Math.max(1, steps)) / epochs,
            `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}`,
          ),
      },
      { ...options, limits: { ...INPUT_LIMITS, ...limits } },
    );
    const { json, arrays } = storeModel({ ...trained, head: undefined });
    const { bestEpoch, log } = result;
    const seen = { sequences: train.length, updates, bestEpoch, log: log.map(learnt) };
    return { json: { model: json, ...seen, heldOut: validation.length }, arrays };
  } finally {
    await engine.dispose();
  }
};

function learnt({ epoch, loss, metrics }: EpochLog): PretrainFacts['log'][number] {
  return {
    epoch,
    loss,
    accuracy: metrics[CONTRASTIVE_ACCURACY],
    accuracyWithin: metrics[ACCURACY_WITHIN_DOMAIN],
  };
}

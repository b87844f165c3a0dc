/**
 * Stages FT1 and FT2 on one domain (method 6): gives REC (weights, ranks), the FT table and, if asked,
 * REC.trainable (ranks). Without tuned layers: ranks as it is.
 */
import { createEngine } from '../../engine/engine';
import type { Evaluation, Protocol } from '../../evaluation';
import { INPUT_LIMITS, type InputLimits } from '../../text/recformerInput';
import { finetune, rankWithoutTuning } from '../../training/language/finetune';
import type { FinetuneInput, FinetuneOptions, TrainedStage } from '../../training/language/finetuneOptions';
import type { TunedLayers } from '../../training/language/tunedLayers';
import type { StageContext, StageFunction, StageResult } from '../../pipeline/stage';
import type { FinetuneFacts } from './finetuneFacts';
import { providerOf } from './providerOf';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { storeEvaluation } from './storedEvaluation';
import { storeFinetune } from './storedFinetune';
import { loadItemTokens, type ItemTokensFacts } from './storedItemTokens';
import { loadModel, type ModelFacts } from './storedModel';

export interface FinetuneConfig {
  epochs: number;
  patience: number;
  batch: number;
  accumulation: number;
  /** 1 by default. */
  pieces?: number;
  learningRate: number;
  warmup: number;
  /** D21, D23. */
  schedule: FinetuneOptions['schedule'];
  emptyHistory: FinetuneOptions['emptyHistory'];
  /** Empty: no fine-tuning, the model ranks as it is (Table 1, None). */
  tuned: TunedLayers;
  /** "also": REC.trainable as well, by a second FT2. */
  trainableTable: false | 'also';
  /**
   * The first selects the FT table and REC; further ones a REC of their own each, from the same trajectory.
   */
  protocols: Protocol[];
  limits: Partial<InputLimits>;
  /** Only in keys of trainings in mixed precision (EngineOptions). */
  precision?: 'mixed';
  seed: number;
}

export interface FinetuneInputs {
  dataset: DatasetFacts;
  model: ModelFacts;
  tokens: ItemTokensFacts;
}

export const run: StageFunction<FinetuneConfig, FinetuneFacts, FinetuneInputs> = async (
  { limits: given, precision, ...options },
  inputs,
  context,
) => {
  const limits = { ...INPUT_LIMITS, ...given };
  const dataset = loadDataset(inputs.dataset);
  const { threads, signal } = context;
  const engine = await createEngine({
    provider: providerOf(context),
    threads,
    seed: options.seed,
    precision,
  });
  const input = { engine, dataset, model: loadModel(inputs.model), ...loadItemTokens(inputs.tokens), signal };
  try {
    if (options.tuned !== 'all' && options.tuned.length === 0)
      return untuned(await rankWithoutTuning(input, { limits }));
    const result = await finetune({ ...input, ...watched(options, context) }, { ...options, limits });
    return storeFinetune(result, options.protocols);
  } finally {
    await engine.dispose();
  }
};

/** Checkpoints and progress of all that is trained one after the other. */
function watched(
  { trainableTable, epochs }: Pick<FinetuneConfig, 'trainableTable' | 'epochs'>,
  { progress, checkpoint }: StageContext,
): Pick<FinetuneInput, 'checkpoints' | 'onProgress'> {
  const parts: TrainedStage[] = ['FT1', 'FT2'];
  if (trainableTable === 'also') parts.push('trainable');
  return {
    checkpoints: Object.fromEntries(parts.map((part) => [part, checkpoint(part)])),
    onProgress(stage, { epoch, step, steps, bestMetric }) {
      const done = parts.indexOf(stage) + (epoch - 1 + step / Math.max(1, steps)) / epochs;
      const name = stage === 'trainable' ? 'FT2 with a trainable table,' : stage;
      const best = Number.isFinite(bestMetric) ? `, best validation NDCG@10 ${bestMetric.toFixed(4)}` : '';
      progress(done / parts.length, `${name} epoch ${epoch}${best}`);
    },
  };
}

function untuned(test: Evaluation): StageResult<FinetuneFacts> {
  const facts: FinetuneFacts = { test: test.metrics, tiedUsers: test.tiedUsers };
  return { json: facts, arrays: storeEvaluation(test) };
}

/**
 * Stages FT1 and FT2 on one domain (method 6): gives REC (weights, ranks), the FT table and, if asked,
 * REC.trainable (ranks). Without tuned layers: ranks as it is.
 */
import { createEngine } from '../../engine/engine';
import type { HostTensor } from '../../engine/types';
import type { Evaluation, Protocol } from '../../evaluation';
import { INPUT_LIMITS, type InputLimits } from '../../text/recformerInput';
import {
  finetune,
  type FinetuneOptions,
  rankWithoutTuning,
  type Rec,
  type TrainedStage,
} from '../../training/language/finetune';
import type { TunedLayers } from '../../training/language/tunedLayers';
import type { StageFunction, StageResult } from '../../pipeline/stage';
import type { FinetuneFacts, FinetuneLog } from './finetuneFacts';
import { selectedPrefix, TRAINABLE_PREFIX } from './selectedBy';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { storeEvaluation } from './storedEvaluation';
import { loadItemTokens, type ItemTokensFacts } from './storedItemTokens';
import { loadModel, storeModel, type ModelFacts } from './storedModel';

export interface FinetuneConfig {
  epochs: number;
  patience: number;
  batch: number;
  accumulation: number;
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
  seed: number;
}

export interface FinetuneInputs {
  dataset: DatasetFacts;
  model: ModelFacts;
  tokens: ItemTokensFacts;
}

export const run: StageFunction<FinetuneConfig, FinetuneFacts, FinetuneInputs> = async (
  { limits: given, ...options },
  inputs,
  { threads, signal, progress, checkpoint },
) => {
  const limits = { ...INPUT_LIMITS, ...given };
  const dataset = loadDataset(inputs.dataset);
  const parts: TrainedStage[] = [
    'FT1',
    'FT2',
    ...(options.trainableTable === 'also' ? (['trainable'] as const) : []),
  ];
  const engine = await createEngine({ provider: 'cpu', threads, seed: options.seed });
  const input = { engine, dataset, model: loadModel(inputs.model), ...loadItemTokens(inputs.tokens), signal };
  try {
    if (options.tuned !== 'all' && options.tuned.length === 0)
      return untuned(await rankWithoutTuning(input, { limits }));
    const result = await finetune(
      {
        ...input,
        checkpoints: Object.fromEntries(parts.map((part) => [part, checkpoint(part)])),
        onProgress: (stage, { epoch, step, steps, bestMetric }) => {
          const share =
            (parts.indexOf(stage) + (epoch - 1 + step / Math.max(1, steps)) / options.epochs) / parts.length;
          progress(
            share,
            `${stage === 'trainable' ? 'FT2 with a trainable table,' : stage} epoch ` +
              `${epoch}${Number.isFinite(bestMetric) ? `, best validation NDCG@10 ${bestMetric.toFixed(4)}` : ''}`,
          );
        },
      },
      { ...options, limits },
    );
    const { json: model, arrays } = storeModel({ ...result.model, head: undefined });
    const [first] = options.protocols;
    const { trainable } = result;
    const stages = Object.fromEntries(
      Object.entries({ ...result.stages, ...(trainable && { trainable: trainable.FT2 }) }).map(
        ([name, { epoch, bestEpoch, log }]) => [
          name,
          {
            epochs: epoch,
            bestEpoch,
            log: log.map((entry): FinetuneLog => {
              const validations = Object.fromEntries(
                options.protocols.map((protocol) => [protocol, entry.metrics[`${protocol} NDCG@10`]]),
              );
              return { epoch: entry.epoch, loss: entry.loss, validation: validations[first], validations };
            }),
          },
        ],
      ),
    ) as FinetuneFacts['stages'];
    const recs = Object.entries({ [first]: result, ...result.also } as Record<Protocol, Rec>);
    const selected = Object.fromEntries(
      recs.map(([protocol, { stage, epoch, test }]) => [
        protocol,
        { stage, epoch, test: test.metrics, tiedUsers: test.tiedUsers },
      ]),
    );
    // A protocol that chose the same epoch as the first has the same weights and ranks: they are kept once.
    const further = Object.fromEntries(
      recs
        .filter(([, rec]) => rec.stage !== result.stage || rec.epoch !== result.epoch)
        .flatMap(([protocol, rec]) =>
          Object.entries({
            ...storeModel({ ...rec.model, head: undefined }).arrays,
            ...storeEvaluation(rec.test),
          }).map(([name, array]) => [selectedPrefix(protocol as Protocol) + name, array]),
        ),
    );
    const facts: FinetuneFacts = {
      test: result.test.metrics,
      tiedUsers: result.test.tiedUsers,
      stages,
      tableIsUntuned: result.tableIsUntuned,
      selected,
      ...(trainable && { trainable: { test: trainable.test.metrics, tiedUsers: trainable.test.tiedUsers } }),
    };
    const trainableRanks = Object.fromEntries(
      Object.entries(trainable === undefined ? {} : storeEvaluation(trainable.test)).map(([name, array]) => [
        TRAINABLE_PREFIX + name,
        array,
      ]),
    );
    const table: HostTensor = {
      shape: [result.table.rows, result.table.dim],
      dtype: 'float32',
      data: result.table.data,
    };
    return {
      json: { model, ...facts },
      arrays: { ...arrays, table, ...storeEvaluation(result.test), ...further, ...trainableRanks },
    };
  } finally {
    await engine.dispose();
  }
};

function untuned(test: Evaluation): StageResult<FinetuneFacts> {
  const facts: FinetuneFacts = { test: test.metrics, tiedUsers: test.tiedUsers };
  return { json: facts, arrays: storeEvaluation(test) };
}

/**
 * Stages FT1 and FT2 (method 6): RECFORMER on one domain. FT1 encodes all items at the start of every epoch.
 * FT2 keeps the table of the best FT1 epoch and continues training, with the same optimiser state and
 * schedule. What is selected, when, and which table belongs to which weights follows the authors' code
 * (D18-D22). A second FT2 from the same FT1 gives REC.trainable (D37).
 */
import type { NamedHostTensors } from '../../engine/types';
import type { Evaluation } from '../../evaluation/evaluate';
import type { EvaluateOptions, Protocol } from '../../evaluation/options';
import { selectionMetric } from '../../evaluation/validationMetrics';
import type { LanguageModel } from '../../models/languageModel';
import type { ItemTable } from '../../text/itemTable';
import { INPUT_LIMITS, type InputLimits } from '../../text/recformerInput';
import { train, type TrainerOptions, type TrainingResult } from '../trainer';
import {
  checkFinetuneOptions,
  FINETUNE_DEFAULTS,
  type FinetuneInput,
  type FinetuneOptions,
  type TrainedStage,
} from './finetuneOptions';
import { type FinetuneRun, openFinetuneRun } from './finetuneRun';
import { finetuneTrainee } from './finetuneTrainee';
import { ITEM_TABLE } from './finetuningProgram';
import { readModel } from './languageState';
import { openStage } from './recformerStage';

/** REC: the weights of the best epoch of both stages by one protocol, with the table they rank by. */
export interface Rec {
  model: LanguageModel;
  recTable: ItemTable;
  stage: 'FT1' | 'FT2';
  /** Epoch of that stage, from 1. */
  epoch: number;
  /** On the test items, under all protocols. */
  test: Evaluation;
}

/** REC as the first protocol selects it, and the results of both stages. */
export interface FinetuneResult extends Rec {
  /** REC by each further protocol. */
  also: Partial<Record<Protocol, Rec>>;
  /** REC.trainable by the first protocol, and its FT2 (trainableTable "also"). */
  trainable?: Rec & { FT2: TrainingResult };
  /** FT: the table of the best FT1 epoch. */
  table: ItemTable;
  /**
   * D20: the best epoch was the first, so the FT table is that of the weights that fine-tuning started with.
   */
  tableIsUntuned: boolean;
  stages: { FT1: TrainingResult; FT2: TrainingResult };
}

export async function finetune(
  input: FinetuneInput,
  options: Partial<FinetuneOptions> = {},
): Promise<FinetuneResult> {
  const settings = { ...FINETUNE_DEFAULTS, ...options };
  checkFinetuneOptions(settings);
  const run = openFinetuneRun(input, settings);
  try {
    const FT1 = await trainFT1(run);
    const table = await run.readTable();
    const endOfFT1 = settings.trainableTable === 'also' ? await run.state.snapshot() : undefined;
    const FT2 = await trainFT2(run, FT1, 'FT2', settings.trainableTable === true);
    const rec = await selectRec(run, FT1, FT2);
    const also = await selectFurtherRecs(run, FT1, FT2, rec);
    const trainable = endOfFT1 && (await trainWithTable(run, FT1, endOfFT1));
    return { ...rec, also, trainable, table, tableIsUntuned: FT1.bestEpoch === 1, stages: { FT1, FT2 } };
  } finally {
    await run.close();
  }
}

/** Each epoch begins by encoding all items; the state ends with the weights and the table of the best one. */
function trainFT1(run: FinetuneRun): Promise<TrainingResult> {
  const [, ...further] = run.settings.protocols;
  return train(finetuneTrainee(run, { encodesItems: true, withTable: false, before: 0 }), {
    ...trainerOptions(run, 'FT1'),
    also: Object.fromEntries(further.map((protocol) => [selectionMetric(protocol), -Infinity])),
  });
}

/**
 * Keeps the table of FT1, or trains it. The weights return to the best epoch of FT1; moments and schedule
 * continue (D22). The best value of FT1 is the one to beat.
 */
function trainFT2(
  run: FinetuneRun,
  FT1: TrainingResult,
  stage: TrainedStage,
  withTable: boolean,
): Promise<TrainingResult> {
  const also = stage === 'FT2' ? Object.entries(FT1.also ?? {}) : [];
  return train(finetuneTrainee(run, { encodesItems: false, withTable, before: FT1.epoch }), {
    ...trainerOptions(run, stage),
    startIsCandidate: true,
    also: Object.fromEntries(also.map(([metric, { bestMetric }]) => [metric, bestMetric])),
  });
}

/** REC.trainable (D37): another FT2 from the end of the same FT1, by the first protocol alone. */
async function trainWithTable(
  run: FinetuneRun,
  FT1: TrainingResult,
  endOfFT1: NamedHostTensors,
): Promise<Rec & { FT2: TrainingResult }> {
  await run.steps(false).dispose();
  await run.state.restore(endOfFT1);
  const FT2 = await trainFT2(run, FT1, 'trainable', true);
  return { ...(await selectRec(run, FT1, FT2)), FT2 };
}

/** REC by the first protocol. The state holds its best epoch of both stages. */
function selectRec(run: FinetuneRun, FT1: TrainingResult, FT2: TrainingResult): Promise<Rec> {
  return FT2.bestEpoch > 0 ? testedRec(run, 'FT2', FT2.bestEpoch) : testedRec(run, 'FT1', FT1.bestEpoch);
}

/** REC by each further protocol. One that chose the same epoch as the first has the same REC. */
async function selectFurtherRecs(
  run: FinetuneRun,
  FT1: TrainingResult,
  FT2: TrainingResult,
  first: Rec,
): Promise<FinetuneResult['also']> {
  const recs: FinetuneResult['also'] = {};
  for (const protocol of run.settings.protocols.slice(1)) {
    const metric = selectionMetric(protocol);
    const stage = FT2.alsoWeights[metric] === undefined ? 'FT1' : 'FT2';
    const training = stage === 'FT1' ? FT1 : FT2;
    const epoch = training.also![metric].bestEpoch;
    if (stage === first.stage && epoch === first.epoch) {
      recs[protocol] = first;
      continue;
    }
    await run.state.restore(training.alsoWeights[metric]);
    recs[protocol] = await testedRec(run, stage, epoch);
  }
  return recs;
}

/** REC of the weights and the table that the state holds. */
async function testedRec(run: FinetuneRun, stage: 'FT1' | 'FT2', epoch: number): Promise<Rec> {
  const test = await run.evaluate({ split: 'test' });
  const model = await readModel(run.state, run.input.model);
  return { model, recTable: await run.readTable(), stage, epoch, test };
}

function trainerOptions({ input, settings }: FinetuneRun, stage: TrainedStage): TrainerOptions {
  return {
    epochs: settings.epochs,
    patience: settings.patience,
    metric: selectionMetric(settings.protocols[0]),
    signal: input.signal,
    checkpoint: input.checkpoints?.[stage],
    onProgress: (progress) => input.onProgress?.(stage, progress),
  };
}

/**
 * Ranks with a model as it is: Table 1's "None", and LF or PT without fine-tuning. `table`: the items as REC
 * ranks them; encoded here by default.
 */
export async function rankWithoutTuning(
  input: FinetuneInput,
  {
    limits = INPUT_LIMITS,
    table,
    ...protocol
  }: EvaluateOptions & { limits?: InputLimits; table?: ItemTable } = {},
): Promise<Evaluation> {
  const stage = openStage(input, limits);
  try {
    await stage.state.write(ITEM_TABLE, table?.data ?? (await stage.encodeItems()));
    return await stage.evaluate(protocol);
  } finally {
    await stage.close();
  }
}

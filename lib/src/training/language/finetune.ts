/**
 * Stages FT1 and FT2 (method 6): RECFORMER on one domain. FT1 encodes all items at the start of every epoch;
 * FT2 keeps the table of the best FT1 epoch and trains on, with the same optimiser state and schedule. What
 * is selected, when, and which table belongs to which weights is as the authors' code has it (D18-D22).
 * REC.trainable (D37) can be had from the same FT1 by a second FT2.
 */
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { InputError, unknownName } from '../../errors';
import { adamW } from '../../engine/optimizers';
import type { Engine, NamedHostTensors } from '../../engine/types';
import {
  evaluate,
  type EvaluateOptions,
  type Evaluation,
  type Protocol,
  PROTOCOLS,
} from '../../evaluation/evaluate';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import type { LanguageModel } from '../../models/longformer/loadModel';
import { finetuningProgram, ITEM_TABLE } from './finetuningProgram';
import { type ItemTable, withPaddingRow } from '../../text/itemTable';
import {
  INPUT_LIMITS,
  type InputLimits,
  type ItemTokens,
  sequenceInput,
  singleItemInput,
} from '../../text/recformerInput';
import {
  train,
  type Trainee,
  type TrainingCheckpoint,
  type TrainingProgress,
  type TrainingResult,
} from '../trainer';
import { checkRecformerInputs } from './checkInputs';
import { countedFrom, STEPS_BEFORE } from './countedFrom';
import { readModel } from './languageState';
import { longestInput } from './longestInput';
import { packedShapes } from './packedShapes';
import { PackedSteps } from './packedSteps';
import { sampledUpdates } from './sampledBatches';
import { RecformerScorer } from './recformerScorer';
import { finetuningSchedule, usualSchedule } from './schedules';
import { type TunedLayers, tunedWeights } from './tunedLayers';
import { updatePlan } from './updatePlan';

export interface FinetuneOptions {
  /** At most this many in each stage. */
  epochs: number;
  patience: number;
  /** Sequences of one micro-batch, and micro-batches of one update. */
  batch: number;
  accumulation: number;
  learningRate: number;
  /** Updates of the ramp (D21). */
  warmup: number;
  /**
   * Epochs of both stages together after which the learning rate is 0 (D21); as coded the limit of one stage.
   */
  scheduleEpochs: number;
  /** D21: what follows the ramp falls from below 1 as "coded", or from 1 as is "usual". */
  schedule: 'coded' | 'usual';
  weightDecay: number;
  tuned: TunedLayers;
  /**
   * D23: "kept": the first item of a user is a label too, with `<s>` alone as input, as coded. "left out":
   * labels have a history.
   */
  emptyHistory: 'kept' | 'left out';
  /**
   * Train the item table in FT2 (REC.trainable, D37). "also": a second FT2 does so, from the end of the same
   * FT1, so that REC and REC.trainable differ by that alone and FT1 is trained once.
   */
  trainableTable: boolean | 'also';
  /**
   * Protocols whose NDCG@10 on validation selects, all from one trajectory. The first decides as the authors'
   * code does: the FT table, and the weights that FT2 starts from (D46). For each further one its own best
   * epoch of both stages is kept as well; a stage ends when all of them have run out of patience.
   */
  protocols: readonly Protocol[];
  seed: number;
  limits: InputLimits;
}

export const FINETUNE_DEFAULTS: FinetuneOptions = {
  epochs: 128,
  patience: 5,
  batch: 16,
  accumulation: 8,
  learningRate: 5e-5,
  warmup: 100,
  scheduleEpochs: 128,
  schedule: 'coded',
  weightDecay: 0,
  tuned: 'all',
  emptyHistory: 'kept',
  trainableTable: false,
  protocols: ['sampled'],
  seed: 42,
  limits: INPUT_LIMITS,
};

export interface FinetuneInput {
  engine: Engine;
  dataset: Dataset;
  /** LF or PT weights. */
  model: LanguageModel;
  /** Token id of `<s>`. */
  cls: number;
  /** Tokens of item i at index i - 1. */
  itemTokens: readonly ItemTokens[];
  onProgress?: (stage: TrainedStage, progress: TrainingProgress) => void;
  signal?: AbortSignal;
  /** Where interrupted stages are kept; "trainable" only for trainableTable "also". */
  checkpoints?: Partial<Record<TrainedStage, TrainingCheckpoint>>;
}

/**
 * What is trained one after the other: "trainable" is FT2 once more, with the table trained (trainableTable
 * "also").
 */
export type TrainedStage = 'FT1' | 'FT2' | 'trainable';

/** REC: weights of the best epoch of both stages by one protocol, with the table they rank by. */
export interface Rec {
  model: LanguageModel;
  recTable: ItemTable;
  stage: 'FT1' | 'FT2';
  /** Of that stage, from 1. */
  epoch: number;
  /** On the test items, under all protocols. */
  test: Evaluation;
}

/** REC as the first protocol selects it, and what both stages left. */
export interface FinetuneResult extends Rec {
  /** REC by each further protocol. */
  also: Partial<Record<Protocol, Rec>>;
  /** REC.trainable by the first protocol, and its FT2 (trainableTable "also"). */
  trainable?: Rec & { FT2: TrainingResult };
  /** FT: the table of the best FT1 epoch. */
  table: ItemTable;
  /**
   * D20: the best epoch was the first, so the FT table is the table of the weights that fine-tuning began
   * with.
   */
  tableIsUntuned: boolean;
  stages: { FT1: TrainingResult; FT2: TrainingResult };
}

export async function finetune(
  input: FinetuneInput,
  options: Partial<FinetuneOptions> = {},
): Promise<FinetuneResult> {
  const settings = { ...FINETUNE_DEFAULTS, ...options };
  const { tuned, weightDecay, learningRate, trainableTable } = settings;
  const { dataset, model, engine } = input;
  if (tuned !== 'all' && tuned.length === 0) {
    throw new InputError(
      'fine-tuning',
      'expected at least one tuned layer, got none',
      'A model without tuned layers is ranked as it is: rankWithoutTuning',
    );
  }
  checkProtocols(settings.protocols);
  const stage = await openStage(input, settings);
  const { state, items, scorer, sequenceEncoder } = stage;
  const filter = tunedWeights(tuned, model.config.layers, { freezeWords: false });
  const updates = updatePlan(dataset, settings);
  const schedule = settings.schedule === 'coded' ? finetuningSchedule : usualSchedule;
  const optimizer = adamW({ learningRate, weightDecay, decays: (name) => name !== ITEM_TABLE });
  const { itemTokens } = input;
  const shapes = packedShapes(
    model.config,
    sampledUpdates(dataset, itemTokens, settings.limits, updates),
    longestInput(trainHistories(dataset), itemTokens, settings.limits),
  );
  const steps = (withTable: boolean): PackedSteps =>
    new PackedSteps({
      engine,
      state,
      config: model.config,
      padToken: model.padToken,
      shapes,
      program: (shape) =>
        finetuningProgram(
          model.config,
          { ...shape, users: updates.mostSamples },
          {
            optimizer: withTable ? countedFrom(optimizer, ITEM_TABLE) : optimizer,
            trainable: (name) => (name === ITEM_TABLE ? withTable : filter(name)),
          },
        ),
    });

  /** `before`: epochs of the trainings before this one. */
  const trainee = (
    packed: PackedSteps,
    { encodesItems, before, withTable }: { encodesItems: boolean; before: number; withTable: boolean },
  ): Trainee => ({
    async trainEpoch(epoch, onStep, from) {
      if (encodesItems && from === 0) await state.write(ITEM_TABLE, await items());
      const plan = updates.ofEpoch(before + epoch);
      for (let k = from; k < plan.length; k++) {
        const update = (before + epoch) * updates.perEpoch + k;
        const samples = plan[k];
        const sequences = samples.map(({ row, t }) =>
          sequenceInput(
            Array.from(trainPart(dataset, row).subarray(0, t), (id) => input.itemTokens[id - 1]),
            input.cls,
            settings.limits,
          ),
        );
        const fill = <T extends Int32Array | Float32Array>(array: T, value: (i: number) => number): T => {
          for (let i = 0; i < samples.length; i++) array[i] = value(i);
          return array;
        };
        const { loss } = await packed.run(sequences, ({ places }) => ({
          users: fill(new Int32Array(updates.mostSamples), (i) => places[i]),
          targets: fill(
            new Int32Array(updates.mostSamples).fill(1),
            (i) => trainPart(dataset, samples[i].row)[samples[i].t],
          ),
          weights: fill(new Float32Array(updates.mostSamples), (i) => samples[i].weight),
          ...(withTable ? { [STEPS_BEFORE]: before * updates.perEpoch } : {}),
          learningRate:
            learningRate * schedule(update, updates.perEpoch * settings.scheduleEpochs, settings.warmup),
        }));
        await onStep(k + 1, plan.length, loss);
      }
    },
    async validate(): Promise<Record<string, number>> {
      scorer.forget();
      const { metrics } = await evaluate(dataset, scorer, { split: 'validation', signal: input.signal });
      return Object.fromEntries(
        Object.entries(metrics).flatMap(([p, values]) =>
          Object.entries(values).map(([k, v]) => [`${p} ${k}`, v]),
        ),
      );
    },
    weights: (): Promise<NamedHostTensors> =>
      state.snapshot((name) => name === ITEM_TABLE || Object.hasOwn(model.weights, name)),
    snapshot: (): Promise<NamedHostTensors> => state.snapshot(),
    restore: (tensors: NamedHostTensors): Promise<void> => packed.restore(tensors),
  });

  const {
    epochs,
    patience,
    protocols: [first, ...further],
  } = settings;
  const common = { epochs, patience, metric: metricOf(first), signal: input.signal };
  const open: PackedSteps[] = [];
  const opened = (withTable: boolean): PackedSteps => {
    const packed = steps(withTable);
    open.push(packed);
    return packed;
  };
  try {
    const steps1 = opened(false);
    const FT1 = await train(trainee(steps1, { encodesItems: true, before: 0, withTable: false }), {
      ...common,
      also: Object.fromEntries(further.map((protocol) => [metricOf(protocol), -Infinity])),
      checkpoint: input.checkpoints?.FT1,
      onProgress: (p) => input.onProgress?.('FT1', p),
    });
    const table = await readTable();
    const endOfFT1 = trainableTable === 'also' ? await state.snapshot() : undefined;
    // The weights go back to the best epoch, moments and schedule go on (D22); the best value of FT1 is the
    // one to beat.
    const trainFT2 = (
      part: TrainedStage,
      withTable: boolean,
      also: TrainingResult['also'],
    ): Promise<TrainingResult> =>
      train(
        trainee(withTable ? opened(true) : steps1, { encodesItems: false, before: FT1.epoch, withTable }),
        {
          ...common,
          startIsCandidate: true,
          also: Object.fromEntries(
            Object.entries(also ?? {}).map(([metric, { bestMetric }]) => [metric, bestMetric]),
          ),
          checkpoint: input.checkpoints?.[part],
          onProgress: (p) => input.onProgress?.(part, p),
        },
      );
    const FT2 = await trainFT2('FT2', trainableTable === true, FT1.also);
    const chosen = async (stage: 'FT1' | 'FT2', epoch: number): Promise<Rec> => {
      scorer.forget();
      const test = await evaluate(dataset, scorer, { split: 'test', signal: input.signal });
      return { model: await readModel(state, model), recTable: await readTable(), stage, epoch, test };
    };
    const bestOf = (run: TrainingResult): Promise<Rec> =>
      run.bestEpoch > 0 ? chosen('FT2', run.bestEpoch) : chosen('FT1', FT1.bestEpoch);
    const rec = await bestOf(FT2);
    const also: Partial<Record<Protocol, Rec>> = {};
    for (const protocol of further) {
      const metric = metricOf(protocol);
      const [stage, run] =
        FT2.alsoWeights[metric] === undefined ? (['FT1', FT1] as const) : (['FT2', FT2] as const);
      const epoch = run.also![metric].bestEpoch;
      if (stage === rec.stage && epoch === rec.epoch) {
        also[protocol] = rec;
        continue;
      }
      await state.restore(run.alsoWeights[metric]);
      also[protocol] = await chosen(stage, epoch);
    }
    let trainable: FinetuneResult['trainable'];
    if (endOfFT1 !== undefined) {
      await steps1.dispose();
      await state.restore(endOfFT1);
      const run = await trainFT2('trainable', true, undefined);
      trainable = { ...(await bestOf(run)), FT2: run };
    }
    return { ...rec, also, trainable, table, tableIsUntuned: FT1.bestEpoch === 1, stages: { FT1, FT2 } };
  } finally {
    for (const each of open) await each.dispose();
    await sequenceEncoder.dispose();
    await scorer.dispose();
    state.dispose();
  }

  async function readTable(): Promise<ItemTable> {
    const { shape, data } = await state.read(ITEM_TABLE);
    return { rows: shape[0], dim: shape[1], data: data as Float32Array };
  }
}

/**
 * Ranks with a model as it is: Table 1's "None", and LF or PT without fine-tuning. `table`: items as REC
 * ranks them; by default encoded here.
 */
export async function rankWithoutTuning(
  input: FinetuneInput,
  options: EvaluateOptions & { limits?: InputLimits; table?: ItemTable } = {},
): Promise<Evaluation> {
  const stage = await openStage(input, { ...FINETUNE_DEFAULTS, limits: options.limits ?? INPUT_LIMITS });
  try {
    await stage.state.write(ITEM_TABLE, options.table?.data ?? (await stage.items()));
    return await evaluate(input.dataset, stage.scorer, { signal: input.signal, ...options });
  } finally {
    await stage.sequenceEncoder.dispose();
    await stage.scorer.dispose();
    stage.state.dispose();
  }
}

function checkProtocols(protocols: readonly Protocol[]): void {
  const wrong = protocols.find((name) => !PROTOCOLS.includes(name));
  if (wrong !== undefined) throw unknownName('fine-tuning', 'protocol', String(wrong), PROTOCOLS);
  if (protocols.length === 0 || new Set(protocols).size < protocols.length) {
    throw new InputError(
      'fine-tuning',
      `expected different protocols that select, got ${JSON.stringify(protocols)}`,
    );
  }
}

function metricOf(protocol: Protocol): string {
  return `${protocol} NDCG@10`;
}

/** State with an item table, and what encodes and ranks with it. */
async function openStage(
  { engine, dataset, model, cls, itemTokens }: FinetuneInput,
  { limits }: Pick<FinetuneOptions, 'limits'>,
) {
  if (itemTokens.length !== dataset.items) {
    throw new InputError(
      `fine-tuning on ${dataset.name}`,
      `expected tokens of ${dataset.items} items, got ${itemTokens.length}`,
    );
  }
  checkRecformerInputs(`fine-tuning on ${dataset.name}`, model.config, limits, itemTokens);
  const d = model.config.hidden;
  const state = engine.createState({
    ...model.weights,
    [ITEM_TABLE]: {
      shape: [dataset.items + 1, d],
      dtype: 'float32',
      data: new Float32Array((dataset.items + 1) * d),
    },
  });
  const sequenceEncoder = new SequenceEncoder(engine, state, model.config, { padToken: model.padToken });
  const singles = itemTokens.map((item) => singleItemInput(item, cls, limits));
  return {
    state,
    sequenceEncoder,
    scorer: new RecformerScorer(engine, state, sequenceEncoder, dataset, itemTokens, cls, limits),
    /** The table of the present weights (method 6.3). */
    items: async (): Promise<Float32Array> =>
      withPaddingRow(await sequenceEncoder.encode(singles), dataset.items, d).data,
  };
}

function* trainHistories(dataset: Dataset): Generator<Int32Array> {
  for (let row = 0; row < dataset.users; row++) yield trainPart(dataset, row);
}

/**
 * What a language stage will cost on this machine, before it starts: FLOP counted from the shapes of its
 * first batches, memory, and time. The time comes from steps that are timed here on models of one and three
 * layers. For people; no result depends on it.
 */
import { type Dataset, history, trainPart } from '../../data';
import { adamW, clipByGlobalNorm } from '../../engine/optimizers';
import type { Engine, Feeds, TrainingProgram } from '../../engine/types';
import type { EncoderConfig } from '../../models/encoder/config';
import { stageCost } from '../../models/encoder/cost';
import {
  type CostEstimate,
  estimateEncoding,
  fullRows,
  PROBE_LAYERS,
  probeTimes,
  probeWeights,
} from '../../models/encoder/estimate';
import type { BatchShape } from '../../models/encoder/packing';
import { encoderShapes, languageHeadShapes } from '../../models/encoder/parameters';
import { createRandom } from '../../random';
import { type InputLimits, type ItemTokens, singleItemInput } from '../../text/recformerInput';
import { finetuningProgram, ITEM_TABLE } from './finetuningProgram';
import { labelPlaces } from './labelFeeds';
import { longestInput } from './longestInput';
import { packed, packedShapes } from './packedShapes';
import { pretrainingProgram } from './pretrainingProgram';
import type { PretrainingSequence } from './pretrainingSequences';
import { inputLength, pairLengths, sampledPairs, sampledTexts, sampledUpdates } from './sampledBatches';
import { MASKED_LANGUAGE_DEFAULTS } from './trainMaskedLanguage';
import { reachedLayers, type TunedLayers, tunedWeights } from './tunedLayers';
import { updatePlan } from './updatePlan';

/**
 * A stage that is about to run: its model's shape and what determines its batches. Numbers as in the stage's
 * own options.
 */
export type LanguageStage = { config: EncoderConfig; epochs: number; batch: number } &
  /** Vanilla MLM. `lengths`: tokens of each text, including `<s>`. */
  (
    | { stage: 'LF'; lengths: readonly number[]; maskedShare?: number }
    | {
        stage: 'PT';
        train: readonly PretrainingSequence[];
        validation?: readonly PretrainingSequence[];
        itemTokens: readonly (readonly ItemTokens[])[];
        limits: InputLimits;
        tuned?: TunedLayers;
      }
    /**
     * Both stages of fine-tuning with all their epochs (early stopping may save some), without a second FT2.
     */
    | {
        stage: 'FT';
        dataset: Dataset;
        itemTokens: readonly ItemTokens[];
        limits: InputLimits;
        accumulation: number;
        tuned?: TunedLayers;
      }
  );

/**
 * Takes a few seconds, most of them for compilation. The result includes the stage's own compilation and
 * validation.
 */
export async function estimateLanguageCost(engine: Engine, stage: LanguageStage): Promise<CostEstimate> {
  const { config, epochs, batch } = stage;
  const optimizer = clipByGlobalNorm(adamW({ learningRate: 1e-3, weightDecay: 0 }), 1);
  if (stage.stage === 'LF') {
    const { lengths, maskedShare = MASKED_LANGUAGE_DEFAULTS.maskedShare } = stage;
    return steps(engine, config, {
      longest: lengths.reduce((max, n) => Math.max(max, n), 1),
      count: epochs * Math.ceil(lengths.length / batch),
      sampled: sampledTexts(lengths, batch),
      labels: (shape) => labelPlaces(shape, 1, batch, maskedShare),
      program: (probe, shape, labels) =>
        pretrainingProgram(probe, { ...shape, labels, pairs: 0 }, { optimizer, trainable: () => true }),
    });
  }
  const { limits, tuned = 'all' } = stage;
  const trained = (probe: EncoderConfig, freezeWords: boolean): ((name: string) => boolean) =>
    tunedWeights(
      tuned === 'all'
        ? tuned
        : tuned.map((layer) => Math.round((layer * (probe.layers - 1)) / Math.max(1, config.layers - 1))),
      probe.layers,
      { freezeWords },
    );
  if (stage.stage === 'PT') {
    const { train, validation = [], itemTokens } = stage;
    const training = await steps(engine, config, {
      longest: Math.max(
        ...itemTokens.map((tokens, domain) =>
          longestInput(
            train.filter((s) => s.domain === domain).map((s) => s.items),
            tokens,
            limits,
          ),
        ),
      ),
      count: epochs * Math.ceil(train.length / batch),
      sampled: sampledPairs(train, itemTokens, limits, batch),
      labels: (shape) => labelPlaces(shape, 0.5, 2 * batch),
      reached: reachedLayers(tuned, config.layers),
      program: (probe, shape, labels) =>
        pretrainingProgram(
          probe,
          { ...shape, labels, pairs: batch },
          { optimizer, trainable: trained(probe, true) },
        ),
    });
    const random = createRandom(1);
    return together(
      training,
      await encoding(
        validation.flatMap((sequence) => pairLengths(sequence, itemTokens, limits, random.uniform())),
        epochs,
      ),
    );
  }
  const { dataset, itemTokens, accumulation } = stage;
  const plan = updatePlan(dataset, { batch, accumulation, seed: 1, emptyHistory: 'kept' });
  const training = await steps(engine, config, {
    longest: longestInput(
      Array.from({ length: dataset.users }, (_, row) => trainPart(dataset, row)),
      itemTokens,
      limits,
    ),
    count: 2 * epochs * plan.perEpoch,
    sampled: sampledUpdates(dataset, itemTokens, limits, plan),
    labels: () => 0,
    reached: reachedLayers(tuned, config.layers),
    items: dataset.items,
    program: (probe, shape) =>
      finetuningProgram(
        probe,
        { ...shape, users: plan.mostSamples },
        { optimizer, trainable: trained(probe, false) },
      ),
  });
  const users = Array.from(dataset.evaluationUsers, (row) =>
    inputLength(history(dataset, row, 'validation'), itemTokens, limits),
  );
  const items = itemTokens.map((item) => singleItemInput(item, 0, limits).tokens.length);
  return together(training, await encoding(items, epochs), await encoding(users, 2 * epochs + 2));

  /** Encodes the same sequences this many times. */
  async function encoding(lengths: readonly number[], times: number): Promise<CostEstimate> {
    const once = await estimateEncoding(
      engine,
      { config, padToken: 1 },
      lengths.map((length) => ({ tokens: new Int32Array(length) })),
    );
    return {
      ...once,
      flop: times * once.flop,
      seconds: once.compileSeconds + times * (once.seconds - once.compileSeconds),
    };
  }
}

/** A training and the work beside it. The memory is that of the training. */
function together(training: CostEstimate, ...others: readonly CostEstimate[]): CostEstimate {
  const sum = (of: (cost: CostEstimate) => number): number =>
    others.reduce((total, cost) => total + of(cost), of(training));
  return {
    ...training,
    flop: sum(({ flop }) => flop),
    seconds: sum(({ seconds }) => seconds),
    compileSeconds: sum(({ compileSeconds }) => compileSeconds),
  };
}

interface Steps {
  longest: number;
  /** Steps in all. */
  count: number;
  /** Lengths of the sequences of some of them. */
  sampled: number[][];
  labels(shape: BatchShape): number;
  /** Share of the layers that the backward pass reaches; all by default. */
  reached?: number;
  /** Rows of the item table, if one is scored against. */
  items?: number;
  program(probe: EncoderConfig, shape: BatchShape, labels: number): TrainingProgram;
}

async function steps(
  engine: Engine,
  config: EncoderConfig,
  { longest, count, sampled, labels, reached, items = 0, program }: Steps,
): Promise<CostEstimate> {
  const chosen = packedShapes(config, sampled, longest);
  const { rowLength } = chosen;
  const shapes = sampled.map((lengths) => packed(lengths, chosen).shape);
  const meanRows = shapes.reduce((sum, { rows }) => sum + rows, 0) / shapes.length;
  // Only the shape of most batches is timed; the others are estimated in proportion to their rows.
  const often = (rows: number): number => shapes.filter((shape) => shape.rows === rows).length;
  const timed = shapes.reduce((best, shape) => (often(shape.rows) > often(best.rows) ? shape : best));
  const { compile, run } = await probeTimes(
    config.layers,
    PROBE_LAYERS.map((layers) => async () => {
      const probe = { ...config, layers: Math.min(layers, config.layers) };
      const head = labels(timed) > 0 ? languageHeadShapes(probe) : {};
      const state = engine.createState(
        probeWeights({
          ...encoderShapes(probe),
          ...head,
          ...(items > 0 ? { [ITEM_TABLE]: [items + 1, config.hidden] } : {}),
        }),
      );
      const compiled = program(probe, timed, labels(timed));
      const step = await engine.compileTraining(compiled, state);
      const close = (): void => {
        step.dispose();
        state.dispose();
      };
      return { run: () => step.run(someFeeds(compiled, probe, timed)), close };
    }),
  );
  const compileSeconds = compile * new Set(shapes.map(({ rows }) => rows)).size;
  const tokens = count * meanRows * rowLength;
  const cost = stageCost(config, {
    tokens,
    labels: (count * meanRows * labels(timed)) / timed.rows,
    training: true,
    reached,
    rowLength,
    batchTokens: timed.rows * rowLength,
  });
  const scored = sampled.reduce((sum, lengths) => sum + lengths.length, 0) / sampled.length;
  // Each user against every item, forward and back to the user's vector.
  return {
    ...cost,
    flop: cost.flop + count * scored * 4 * config.hidden * items,
    seconds: compileSeconds + (count * run * meanRows) / timed.rows,
    compileSeconds,
  };
}

/** Full rows, and 1 or small weights everywhere else: the work does not depend on values. */
function someFeeds(program: TrainingProgram, config: EncoderConfig, shape: BatchShape): Feeds {
  const { feeds } = fullRows(config, shape, 1);
  const others = Object.entries(program.inputs)
    .filter(([name]) => feeds[name] === undefined)
    .map(([name, spec]) => {
      const size = spec.shape.reduce((a, b) => a * b, 1);
      return [
        name,
        spec.dtype === 'int32' ? new Int32Array(size).fill(1) : new Float32Array(size).fill(1 / size),
      ];
    });
  return { ...feeds, ...(Object.fromEntries(others) as Feeds) };
}

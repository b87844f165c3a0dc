/**
 * Stage-PT (method 5): RECFORMER's pre-training on behaviour. Per sequence and epoch one pair (what a user
 * had, what came next), contrastive loss within groups of pairs plus 0.1 MLM on both sides; the epoch with
 * the best contrastive accuracy on held-out sequences is kept.
 */
import { shuffledOrder } from '../../data/shuffle';
import { InputError } from '../../errors';
import { accumulateGradients, adamW, clipByGlobalNorm } from '../../engine/optimizers';
import type { Engine } from '../../engine/types';
import type { BatchShape } from '../../models/encoder/packing';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { initialLanguageHead } from '../../models/encoder/parameters';
import { checkTokenizer } from '../../models/longformer/itemSequences';
import type { LanguageModel } from '../../models/longformer/loadModel';
import { pretrainingProgram } from './pretrainingProgram';
import { createRandom } from '../../random';
import {
  INPUT_LIMITS,
  type InputLimits,
  type ItemTokens,
  type SequenceTokens,
  sequenceInput,
} from '../../text/recformerInput';
import type { Tokenizer } from '../../text/tokenizer';
import {
  train,
  type Trainee,
  type TrainingCheckpoint,
  type TrainingProgress,
  type TrainingResult,
} from '../trainer';
import { checkRecformerInputs } from './checkInputs';
import { labelFeeds, labelPlaces, paddedLabelPlaces } from './labelFeeds';
import { modelTensors, readModel } from './languageState';
import { longestInput } from './longestInput';
import { MASKED_SHARE, maskWords } from './maskWords';
import { packedShapes } from './packedShapes';
import { PackedSteps } from './packedSteps';
import { type PretrainingSequence, targetPosition } from './pretrainingSequences';
import { sampledPairs } from './sampledBatches';
import { linearDecay } from './schedules';
import { maskingVocabulary } from './trainMaskedLanguage';
import { type TunedLayers, tunedWeights } from './tunedLayers';

export interface PretrainOptions {
  epochs: number;
  /** Pairs of one micro-batch, each other's negatives (64 in the paper, over 4 GPUs). */
  batch: number;
  /**
   * Micro-batches of one update, which uses the mean of their gradients; what an epoch leaves over goes to
   * the next (method 5.4).
   */
  accumulation: number;
  learningRate: number;
  /** Weight of each side's MLM loss (0.1; 0.4 is what the authors' 4 GPUs made of it: D24). */
  maskedWeight: number;
  clip: number;
  weightDecay: number;
  /**
   * D25: the budget of masked tokens is a share of the "real" tokens, or of those "padded" to the longest of
   * the side's batch, as coded.
   */
  maskBudget: 'real' | 'padded';
  /** D52: batches of sequences of all domains, shuffled as the authors do, or each of one domain. */
  batchMix: 'shuffled' | 'oneDomain';
  /** D26. */
  freezeWords: boolean;
  tuned: TunedLayers;
  seed: number;
  limits: InputLimits;
}

export const PRETRAIN_DEFAULTS: PretrainOptions = {
  epochs: 32,
  batch: 64,
  accumulation: 8,
  learningRate: 5e-5,
  maskedWeight: 0.1,
  maskBudget: 'real',
  batchMix: 'shuffled',
  clip: 1,
  weightDecay: 0,
  freezeWords: true,
  tuned: 'all',
  seed: 42,
  limits: INPUT_LIMITS,
};

export interface PretrainInput {
  engine: Engine;
  model: LanguageModel;
  tokenizer: Tokenizer;
  /** Tokens of item i of domain k at itemTokens[k][i - 1]. */
  itemTokens: readonly (readonly ItemTokens[])[];
  train: readonly PretrainingSequence[];
  validation: readonly PretrainingSequence[];
  onProgress?: (progress: TrainingProgress) => void;
  signal?: AbortSignal;
  checkpoint?: TrainingCheckpoint;
}

/**
 * The metric that selects: share of held-out pairs whose own item is first among the items of its group, all
 * domains mixed.
 */
export const CONTRASTIVE_ACCURACY = 'contrastive accuracy';
/** The same in groups of one domain, where telling domains apart earns nothing. */
export const ACCURACY_WITHIN_DOMAIN = 'contrastive accuracy within a domain';
/** Held-out pairs are ranked in groups of this many. */
export const VALIDATION_GROUP = 16;

export interface PretrainResult {
  /** Weights of the best epoch, the head for masked tokens included. */
  model: LanguageModel;
  result: TrainingResult;
  /** Of the weights, in all epochs. */
  updates: number;
}

export async function pretrain(
  input: PretrainInput,
  options: Partial<PretrainOptions> = {},
): Promise<PretrainResult> {
  const settings = { ...PRETRAIN_DEFAULTS, ...options };
  const {
    epochs,
    batch,
    accumulation,
    learningRate,
    maskedWeight,
    maskBudget,
    batchMix,
    clip,
    weightDecay,
    freezeWords,
    tuned,
    seed,
    limits,
  } = settings;
  const { engine, tokenizer, itemTokens } = input;
  const { config } = input.model;
  for (const [key, value] of Object.entries({ epochs, batch, accumulation })) {
    if (!Number.isInteger(value) || value < 1)
      throw new InputError(`pre-training ${key}`, `expected a whole number of at least 1, got ${value}`);
  }
  if (input.train.length === 0)
    throw new InputError('pre-training', 'expected at least one sequence, got none');
  // Masked tokens and random replacements may be any of the tokenizer's.
  checkTokenizer(tokenizer, config);
  for (const tokens of itemTokens) checkRecformerInputs('pre-training', config, limits, tokens);
  const model: LanguageModel = {
    ...input.model,
    head: input.model.head ?? initialLanguageHead(config, createRandom(seed)),
  };
  const vocabulary = maskingVocabulary(tokenizer);
  const { cls } = tokenizer.special;
  const filter = tunedWeights(tuned, config.layers, { freezeWords });

  const state = engine.createState(modelTensors(model));
  const microBatches = epochBatches(input.train, Int32Array.from(input.train.keys()), batch, batchMix).length;
  // A training set smaller than one update gets one an epoch.
  const group = Math.min(accumulation, microBatches);
  const updatesOf = (epochsDone: number): number => Math.floor((epochsDone * microBatches) / group);
  const optimizer = accumulateGradients(clipByGlobalNorm(adamW({ learningRate, weightDecay }), clip), group);
  const longest = Math.max(
    ...itemTokens.map((tokens, domain) =>
      longestInput(
        input.train.filter((s) => s.domain === domain).map((s) => s.items),
        tokens,
        limits,
      ),
    ),
  );
  const places = (shape: BatchShape): number =>
    maskBudget === 'real'
      ? labelPlaces(shape, 0.5, 2 * batch)
      : paddedLabelPlaces(shape, 0.5, 2 * batch, longest);
  const steps = new PackedSteps({
    engine,
    state,
    config,
    padToken: model.padToken,
    shapes: packedShapes(config, sampledPairs(input.train, itemTokens, limits, batch), longest),
    program: (shape) =>
      pretrainingProgram(
        config,
        { ...shape, labels: places(shape), pairs: batch },
        { optimizer, trainable: filter },
      ),
  });
  const sequenceEncoder = new SequenceEncoder(engine, state, config, { padToken: model.padToken });

  const side = (domain: number, items: ArrayLike<number>): SequenceTokens =>
    sequenceInput(
      Array.from(items, (id) => itemTokens[domain][id - 1]),
      cls,
      limits,
    );

  const trainEpoch: Trainee['trainEpoch'] = async (epoch, onStep, from) => {
    const random = createRandom(seed + 1000003 * (epoch + 1));
    const batches = epochBatches(
      input.train,
      shuffledOrder(input.train.length, seed, epoch + 1),
      batch,
      batchMix,
    );
    for (let k = 0; k < microBatches; k++) {
      const chosen = batches[k].map((i) => input.train[i]);
      const pairs = chosen.map(({ domain, items }) => {
        const t = targetPosition(items.length, random.uniform());
        return [side(domain, items.subarray(0, t)), side(domain, items.subarray(t, t + 1))] as const;
      });
      const n = pairs.length;
      const sides = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
      const plain = sides.flat();
      const masked = sides.flatMap((inputs) => {
        const padded =
          maskBudget === 'real'
            ? undefined
            : inputs.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
        return inputs.map(({ tokens }) => maskWords(tokens, vocabulary, random, MASKED_SHARE, padded));
      });
      // Updates that are done already have drawn their share of the random numbers.
      if (k < from) continue;
      const sequences = [...plain, ...plain.map((s, i) => ({ ...s, tokens: masked[i].tokens }))];
      const update = Math.floor((epoch * microBatches + k) / group);
      const { loss } = await steps.run(sequences, (packed, shape) => ({
        ...labelFeeds(
          places(shape),
          packed,
          [0, n].map((from) => ({
            weight: maskedWeight,
            sequences: masked.slice(from, from + n).map((m, i) => ({ index: 2 * n + from + i, masked: m })),
          })),
        ),
        users: Int32Array.from({ length: batch }, (_, i) => packed.places[i < n ? i : 0]),
        items: Int32Array.from({ length: batch }, (_, i) => packed.places[i < n ? n + i : n]),
        pairWeights: Float32Array.from({ length: batch }, (_, i) => (i < n ? 1 : 0)),
        learningRate: learningRate * linearDecay(update, updatesOf(epochs)),
      }));
      await onStep(k + 1, microBatches, loss);
    }
  };

  const validate = async (): Promise<Record<string, number>> => {
    const random = createRandom(seed + 7);
    const pairs = input.validation.map(({ domain, items }) => {
      const t = targetPosition(items.length, random.uniform());
      return [side(domain, items.subarray(0, t)), side(domain, items.subarray(t, t + 1))] as const;
    });
    const vectors = await sequenceEncoder.encode([...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)]);
    // Nothing compares with NaN, so that every pair would count as first.
    if (!vectors.every(Number.isFinite))
      throw new Error(
        'pre-training: expected finite vectors of the held-out sequences, got NaN or infinity. Try a ' +
          'lower learning rate',
      );
    const accuracy = (groups: readonly (readonly number[])[]): number =>
      groupAccuracy(vectors, pairs.length, config.hidden, groups);
    return {
      [CONTRASTIVE_ACCURACY]: accuracy(chunks([...pairs.keys()], VALIDATION_GROUP)),
      [ACCURACY_WITHIN_DOMAIN]: accuracy(
        ofEachDomain(input.validation, [...pairs.keys()]).flatMap((own) => chunks(own, VALIDATION_GROUP)),
      ),
    };
  };

  try {
    const result = await train(
      {
        trainEpoch,
        validate,
        weights: () =>
          state.snapshot((name) => Object.hasOwn(model.weights, name) || Object.hasOwn(model.head!, name)),
        snapshot: () => state.snapshot(),
        restore: (tensors) => steps.restore(tensors),
      },
      {
        epochs,
        patience: Infinity,
        metric: CONTRASTIVE_ACCURACY,
        onProgress: input.onProgress,
        signal: input.signal,
        checkpoint: input.checkpoint,
      },
    );
    return { model: await readModel(state, model), result, updates: updatesOf(result.epoch) };
  } finally {
    await steps.dispose();
    await sequenceEncoder.dispose();
    state.dispose();
  }
}

/** Batches of an epoch, as indices of sequences; `order`: the sequences, shuffled. */
export function epochBatches(
  sequences: readonly PretrainingSequence[],
  order: Int32Array,
  batch: number,
  mix: PretrainOptions['batchMix'],
): number[][] {
  if (mix === 'shuffled') return chunks([...order], batch);
  const batches = ofEachDomain(sequences, [...order]).flatMap((own) => chunks(own, batch));
  // By their first sequence, whose place in the order is random: domains take turns.
  const place = new Map(Array.from(order, (sequence, at) => [sequence, at]));
  return batches.sort((a, b) => (place.get(a[0]) as number) - (place.get(b[0]) as number));
}

/** `indices` of sequences, one list per domain, in their order. */
function ofEachDomain(sequences: readonly PretrainingSequence[], indices: readonly number[]): number[][] {
  const lists = new Map<number, number[]>();
  for (const i of indices) {
    const { domain } = sequences[i];
    const list = lists.get(domain);
    if (list === undefined) lists.set(domain, [i]);
    else list.push(i);
  }
  return [...lists.values()];
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, k) =>
    list.slice(k * size, (k + 1) * size),
  );
}

/**
 * Share of rows of a [pairs, d] whose own row of b [pairs, d] has the highest cosine among the rows of its
 * group. `vectors`: a, then b; `groups`: indices of pairs.
 */
export function groupAccuracy(
  vectors: Float32Array,
  pairs: number,
  d: number,
  groups: readonly (readonly number[])[],
): number {
  const lengths = Float64Array.from({ length: 2 * pairs }, (_, i) =>
    Math.sqrt(dot(vectors, i * d, i * d, d)),
  );
  let [correct, ranked] = [0, 0];
  for (const group of groups) {
    for (const i of group) {
      const cosine = (j: number): number => dot(vectors, i * d, (pairs + j) * d, d) / lengths[pairs + j];
      const own = cosine(i);
      if (group.every((j) => j === i || !(cosine(j) > own))) correct++;
      ranked++;
    }
  }
  return correct / ranked;
}

function dot(x: Float32Array, i: number, j: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += x[i + k] * x[j + k];
  return sum;
}

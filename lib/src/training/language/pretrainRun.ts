/**
 * A run of stage-PT: engine state, compiled steps, and how sequences make micro-batches and updates. What the
 * steps are fed stands in pretrainTrainee.ts.
 */
import { accumulateGradients, adamW, clipByGlobalNorm } from '../../engine/optimizers';
import type { State } from '../../engine/types';
import type { BatchShape } from '../../models/encoder/packing';
import { initialLanguageHead } from '../../models/encoder/parameters';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import type { LanguageModel } from '../../models/longformer/loadModel';
import { createRandom } from '../../random';
import { labelPlaces, paddedLabelPlaces } from './labelFeeds';
import { modelTensors } from './languageState';
import { longestInput } from './longestInput';
import type { MaskingVocabulary } from './maskWords';
import { packedShapes } from './packedShapes';
import { PackedSteps } from './packedSteps';
import { epochBatches } from './pretrainingBatches';
import { pretrainingProgram } from './pretrainingProgram';
import type { PretrainInput, PretrainOptions } from './pretrainOptions';
import { sampledPairs } from './sampledBatches';
import { maskingVocabulary } from './trainMaskedLanguage';
import { tunedWeights } from './tunedLayers';

export interface PretrainRun {
  readonly input: PretrainInput;
  readonly settings: PretrainOptions;
  /** The starting model, with a head for masked tokens. */
  readonly model: LanguageModel & Required<Pick<LanguageModel, 'head'>>;
  readonly state: State;
  readonly plan: Plan;
  readonly steps: PackedSteps;
  /** Places for the labels of a batch of this shape. */
  labelPlaces(shape: BatchShape): number;
  readonly encoder: SequenceEncoder;
  readonly vocabulary: MaskingVocabulary;
  close(): Promise<void>;
}

/** How micro-batches make epochs and updates. */
interface Plan {
  readonly microBatches: number;
  /** Micro-batches of an update. */
  readonly group: number;
  /** Updates of so many epochs. */
  updatesOf(epochs: number): number;
}

/** Opens a run; `close` it, whatever happens. */
export function openRun(input: PretrainInput, settings: PretrainOptions): PretrainRun {
  const { engine } = input;
  const { config, padToken } = input.model;
  const head = input.model.head ?? initialLanguageHead(config, createRandom(settings.seed));
  const model = { ...input.model, head };
  const state = engine.createState(modelTensors(model));
  const plan = planOf(input, settings);
  const longest = longestSide(input, settings);
  const places = placesFor(settings, longest);
  const steps = openSteps(input, settings, state, plan, longest, places);
  const encoder = new SequenceEncoder(engine, state, config, { padToken });
  return {
    input,
    settings,
    model,
    state,
    plan,
    steps,
    labelPlaces: places,
    encoder,
    vocabulary: maskingVocabulary(input.tokenizer),
    async close() {
      await steps.dispose();
      await encoder.dispose();
      state.dispose();
    },
  };
}

function planOf({ train }: PretrainInput, { batch, batchMix, accumulation }: PretrainOptions): Plan {
  const microBatches = epochBatches(train, Int32Array.from(train.keys()), batch, batchMix).length;
  // A training set smaller than one update gets one an epoch.
  const group = Math.min(accumulation, microBatches);
  return { microBatches, group, updatesOf: (epochs) => Math.floor((epochs * microBatches) / group) };
}

/** Tokens of the longest side of a pair that can come. */
function longestSide({ train, itemTokens }: PretrainInput, { limits }: PretrainOptions): number {
  const histories = (domain: number): Int32Array[] =>
    train.filter((sequence) => sequence.domain === domain).map(({ items }) => items);
  return Math.max(...itemTokens.map((tokens, domain) => longestInput(histories(domain), tokens, limits)));
}

/** Half of a batch's tokens are masked copies, of both sides of each pair. */
function placesFor({ maskBudget, batch }: PretrainOptions, longest: number): (shape: BatchShape) => number {
  return (shape) =>
    maskBudget === 'real'
      ? labelPlaces(shape, 0.5, 2 * batch)
      : paddedLabelPlaces(shape, 0.5, 2 * batch, longest);
}

function openSteps(
  { engine, model: { config, padToken }, train, itemTokens }: PretrainInput,
  { learningRate, weightDecay, clip, tuned, freezeWords, batch, limits }: PretrainOptions,
  state: State,
  { group }: Plan,
  longest: number,
  places: (shape: BatchShape) => number,
): PackedSteps {
  const training = {
    optimizer: accumulateGradients(clipByGlobalNorm(adamW({ learningRate, weightDecay }), clip), group),
    trainable: tunedWeights(tuned, config.layers, { freezeWords }),
  };
  return new PackedSteps({
    engine,
    state,
    config,
    padToken,
    shapes: packedShapes(config, sampledPairs(train, itemTokens, limits, batch), longest),
    program: (shape) =>
      pretrainingProgram(config, { ...shape, labels: places(shape), pairs: batch }, training),
  });
}

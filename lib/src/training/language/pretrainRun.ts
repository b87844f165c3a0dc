/** A run of stage-PT: engine state, compiled steps, and how sequences make micro-batches and updates. */
import { adamW, clipByGlobalNorm } from '../../engine/optimizers';
import type { State } from '../../engine/types';
import { initialLanguageHead } from '../../models/encoder/parameters';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import type { LanguageModel } from '../../models/languageModel';
import { createRandom } from '../../random';
import { BatchesInPieces } from './batchesInPieces';
import { modelTensors } from './languageState';
import { longestInput } from './longestInput';
import type { MaskingVocabulary } from './maskWords';
import { epochBatches } from './pretrainingBatches';
import type { PretrainInput, PretrainOptions } from './pretrainOptions';
import type { PretrainSteps, PretrainStepsInput } from './pretrainSteps';
import { sampledPairs } from './sampledBatches';
import { maskingVocabulary } from './trainMaskedLanguage';
import { tunedWeights } from './tunedLayers';
import { WholeBatches } from './wholeBatches';

export interface PretrainRun {
  readonly input: PretrainInput;
  readonly settings: PretrainOptions;
  /** The starting model, with a head for masked tokens. */
  readonly model: LanguageModel & Required<Pick<LanguageModel, 'head'>>;
  readonly state: State;
  readonly plan: MicroBatchPlan;
  readonly steps: PretrainSteps;
  readonly encoder: SequenceEncoder;
  readonly vocabulary: MaskingVocabulary;
  close(): Promise<void>;
}

/** How micro-batches make epochs and updates. */
interface MicroBatchPlan {
  readonly microBatches: number;
  /** Micro-batches per update. */
  readonly group: number;
  /** Updates in this many epochs. */
  updatesOf(epochs: number): number;
}

/** Opens a run. Always `close` it. */
export function openPretrainRun(input: PretrainInput, settings: PretrainOptions): PretrainRun {
  const { engine } = input;
  const { config, padToken } = input.model;
  const head = input.model.head ?? initialLanguageHead(config, createRandom(settings.seed));
  const model = { ...input.model, head };
  const state = engine.createState(modelTensors(model));
  const plan = microBatchPlan(input, settings);
  const steps = openSteps(input, settings, state, plan);
  const encoder = new SequenceEncoder(engine, state, config, { padToken });
  return {
    input,
    settings,
    model,
    state,
    plan,
    steps,
    encoder,
    vocabulary: maskingVocabulary(input.tokenizer),
    async close() {
      await steps.dispose();
      await encoder.dispose();
      state.dispose();
    },
  };
}

function microBatchPlan(
  { train }: PretrainInput,
  { batch, batchMix, accumulation }: PretrainOptions,
): MicroBatchPlan {
  const microBatches = epochBatches(train, Int32Array.from(train.keys()), batch, batchMix).length;
  // A training set smaller than one update gets one update per epoch.
  const group = Math.min(accumulation, microBatches);
  return { microBatches, group, updatesOf: (epochs) => Math.floor((epochs * microBatches) / group) };
}

/** Tokens of the longest possible side of a pair. */
function longestSide({ train, itemTokens }: PretrainInput, { limits }: PretrainOptions): number {
  const histories = (domain: number): Int32Array[] =>
    train.filter((sequence) => sequence.domain === domain).map(({ items }) => items);
  return Math.max(...itemTokens.map((tokens, domain) => longestInput(histories(domain), tokens, limits)));
}

function openSteps(
  input: PretrainInput,
  settings: PretrainOptions,
  state: State,
  plan: MicroBatchPlan,
): PretrainSteps {
  const { learningRate, weightDecay, clip, tuned, freezeWords, batch, limits, tokensAtOnce } = settings;
  const { config, padToken } = input.model;
  const given: PretrainStepsInput = {
    engine: input.engine,
    settings,
    state,
    config,
    padToken,
    sampled: sampledPairs(input.train, input.itemTokens, limits, batch),
    longest: longestSide(input, settings),
    optimizer: clipByGlobalNorm(adamW({ learningRate, weightDecay }), clip),
    trainable: tunedWeights(tuned, config.layers, { freezeWords }),
    group: plan.group,
  };
  return tokensAtOnce === undefined ? new WholeBatches(given) : new BatchesInPieces(given, tokensAtOnce);
}

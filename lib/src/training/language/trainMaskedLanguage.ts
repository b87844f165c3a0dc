/**
 * Masked-language training (MLM) of a model from scratch, on plain texts. This makes LF of the embedded data;
 * a published Longformer can take its place. One text is `<s>` and its tokens. There are no items or users.
 */
import { clipByGlobalNorm, adam } from '../../engine/optimizers';
import { InputError } from '../../errors';
import type { Engine, State } from '../../engine/types';
import { checkEncoderConfig, type EncoderConfig } from '../../models/encoder/config';
import type { EncoderSequence } from '../../models/encoder/packing';
import { checkTokenizer } from '../../models/encoder/checkTokenizer';
import type { LanguageModel } from '../../models/languageModel';
import { createRandom, type Random } from '../../random';
import { type Tokenizer, wordStarts } from '../../text/tokenizer';
import { train, type Trainee } from '../trainer';
import type { TrainingCheckpoint } from '../trainingCheckpoint';
import { initialLanguageModel } from './initialLanguageModel';
import { labelFeeds, labelPlaces } from './labelFeeds';
import { modelTensors, readModel } from './languageState';
import { type MaskedTokens, type MaskingVocabulary, maskWords } from './maskWords';
import { packedShapes } from './packedShapes';
import { PackedSteps } from './packedSteps';
import { pretrainingProgram } from './pretrainingProgram';
import { sampledTexts } from './sampledBatches';
import { warmLinearDecay } from './schedules';

export interface MaskedLanguageOptions {
  epochs: number;
  /** Texts per update. */
  batch: number;
  learningRate: number;
  /** Share of the updates over which the learning rate ramps up. */
  warmup: number;
  clip: number;
  seed: number;
  /**
   * Share of tokens that is masked. Short texts need more than 0.15, which leaves one of ten tokens, and no
   * word of two tokens.
   */
  maskedShare: number;
  /** Longer texts are cut. */
  maxTokens: number;
}

export const MASKED_LANGUAGE_DEFAULTS: MaskedLanguageOptions = {
  epochs: 3,
  batch: 64,
  learningRate: 1e-3,
  warmup: 0.1,
  clip: 1,
  seed: 42,
  maskedShare: 0.4,
  maxTokens: 128,
};

/** Nothing is held out. The metric that selects grows with every epoch, so the last one is kept. */
const FINISHED = 'epochs finished';

export interface LanguageProgress {
  share: number;
  message: string;
}

export interface MaskedLanguageResult {
  model: LanguageModel;
  /** Mean loss of each epoch, nats per masked token. */
  losses: number[];
  updates: number;
  tokens: number;
}

export interface MaskedLanguageInput {
  engine: Engine;
  texts: readonly string[];
  tokenizer: Tokenizer;
  /** Of the model to train. */
  config: EncoderConfig;
  onProgress?: (progress: LanguageProgress) => void;
  signal?: AbortSignal;
  checkpoint?: TrainingCheckpoint;
}

/** @throws InputError for texts without tokens, or a tokenizer and a configuration that do not fit. */
export async function trainMaskedLanguage(
  { engine, texts, tokenizer, config, onProgress, signal, checkpoint }: MaskedLanguageInput,
  options: Partial<MaskedLanguageOptions> = {},
): Promise<MaskedLanguageResult> {
  const settings = { ...MASKED_LANGUAGE_DEFAULTS, ...options };
  const { epochs, batch } = settings;
  checkEncoderConfig(config, 'language model');
  checkTokenizer(tokenizer, config);
  const random = createRandom(settings.seed);
  const sequences = sequencesOf(texts, tokenizer, settings.maxTokens);
  const withoutCls = sequences.map((tokens) => tokens.subarray(1));
  const start = initialLanguageModel(config, tokenizer.special.pad, withoutCls, random);
  const state = engine.createState(modelTensors(start));
  const steps = stepsOf(engine, state, config, start.padToken, sequences, settings);
  const perEpoch = Math.ceil(sequences.length / batch);
  const trainEpoch = epochTrainer(
    steps,
    maskedBatches(sequences, batch, maskingVocabulary(tokenizer), random, settings.maskedShare),
    perEpoch,
    settings,
  );
  let finished = 0;
  try {
    const { log } = await train(
      {
        trainEpoch: async (epoch, onStep, from) => {
          await trainEpoch(epoch, onStep, from);
          finished = epoch + 1;
        },
        validate: async () => ({ [FINISHED]: finished }),
        weights: () => state.snapshot((name) => name in start.weights || name in start.head!),
        snapshot: () => state.snapshot(),
        restore: (tensors) => state.restore(tensors),
      },
      {
        epochs,
        patience: Infinity,
        metric: FINISHED,
        signal,
        checkpoint,
        onProgress: ({ epoch, step, loss, metric }) =>
          metric === undefined &&
          onProgress?.({
            share: ((epoch - 1) * perEpoch + step) / (epochs * perEpoch),
            message: `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}`,
          }),
      },
    );
    return {
      model: await readModel(state, start),
      losses: log.map(({ loss }) => loss as number),
      updates: epochs * perEpoch,
      tokens: epochs * sequences.reduce((sum, { length }) => sum + length, 0),
    };
  } finally {
    await steps.dispose();
    state.dispose();
  }
}

/** `<s>` and the tokens of each text that has any. */
function sequencesOf(texts: readonly string[], tokenizer: Tokenizer, maxTokens: number): Int32Array[] {
  const sequences = texts
    .map((text) =>
      Int32Array.from([tokenizer.special.cls, ...tokenizer.encode(text).slice(0, maxTokens - 1)]),
    )
    .filter((tokens) => tokens.length > 1);
  if (sequences.length === 0)
    throw new InputError('language model', 'expected texts with at least one token, got none');
  return sequences;
}

function stepsOf(
  engine: Engine,
  state: State,
  config: EncoderConfig,
  padToken: number,
  sequences: readonly Int32Array[],
  { batch, learningRate, clip, maskedShare }: MaskedLanguageOptions,
): PackedSteps {
  const lengths = sequences.map((tokens) => tokens.length);
  const longest = lengths.reduce((max, n) => Math.max(max, n), 1);
  const optimizer = clipByGlobalNorm(adam({ learningRate }), clip);
  return new PackedSteps({
    engine,
    state,
    config,
    padToken,
    shapes: packedShapes(config, sampledTexts(lengths, batch), longest),
    program: (shape) =>
      pretrainingProgram(
        config,
        { ...shape, labels: labelPlaces(shape, 1, batch, maskedShare), pairs: 0 },
        { optimizer, trainable: () => true },
      ),
  });
}

/** Trains one epoch of `perEpoch` updates. */
function epochTrainer(
  steps: PackedSteps,
  masks: Generator<MaskedTokens[], never>,
  perEpoch: number,
  { epochs, batch, learningRate, warmup, maskedShare }: MaskedLanguageOptions,
): Trainee['trainEpoch'] {
  // One stream of random numbers runs through all epochs. A later epoch is reached by drawing everything
  // before it.
  let drawn = 0;
  const batchOf = (update: number): MaskedTokens[] => {
    for (; drawn < update; drawn++) masks.next();
    drawn++;
    return masks.next().value;
  };
  const updates = epochs * perEpoch;
  return async (epoch, onStep, from) => {
    for (let k = from; k < perEpoch; k++) {
      const update = epoch * perEpoch + k;
      const masked = batchOf(update);
      const inputs: EncoderSequence[] = masked.map(({ tokens }) => ({ tokens }));
      const { loss } = await steps.run(inputs, (packed, shape) => ({
        ...labelFeeds(labelPlaces(shape, 1, batch, maskedShare), packed, [
          { weight: 1, sequences: masked.map((m, index) => ({ index, masked: m })) },
        ]),
        learningRate: learningRate * warmLinearDecay(update, updates, warmup * updates),
      }));
      await onStep(k + 1, perEpoch, loss);
    }
  };
}

/** The masked texts of each update, epoch after epoch, without end. */
function* maskedBatches(
  sequences: readonly Int32Array[],
  batch: number,
  vocabulary: MaskingVocabulary,
  random: Random,
  share: number,
): Generator<MaskedTokens[], never> {
  for (;;) {
    const order = random.shuffle(Int32Array.from(sequences, (_, i) => i));
    for (let first = 0; first < order.length; first += batch) {
      yield Array.from(order.subarray(first, first + batch), (i) =>
        maskWords(sequences[i], vocabulary, random, share),
      );
    }
  }
}

/** What masking needs to know of a tokenizer. */
export function maskingVocabulary(tokenizer: Tokenizer): MaskingVocabulary {
  const { special, vocabularySize } = tokenizer;
  return {
    starts: wordStarts(tokenizer),
    specials: new Set(Object.values(special)),
    mask: special.mask,
    size: vocabularySize,
  };
}

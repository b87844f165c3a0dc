/**
 * Vanilla MLM: trains a language model from scratch on plain texts. This is the LF of the embedded data; a
 * published Longformer can take its place. One text is `<s>` and its tokens. There are no items or users.
 */
import { clipByGlobalNorm, adam } from '../../engine/optimizers';
import { InputError } from '../../errors';
import type { Engine } from '../../engine/types';
import { checkEncoderConfig, type EncoderConfig } from '../../models/encoder/config';
import type { EncoderSequence } from '../../models/encoder/packing';
import { checkTokenizer } from '../../models/longformer/itemSequences';
import type { LanguageModel } from '../../models/longformer/loadModel';
import { createRandom, type Random } from '../../random';
import { type Tokenizer, wordStarts } from '../../text/tokenizer';
import { train, type Trainee, type TrainingCheckpoint } from '../trainer';
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

export async function trainMaskedLanguage(
  engine: Engine,
  texts: readonly string[],
  tokenizer: Tokenizer,
  config: EncoderConfig,
  options: Partial<MaskedLanguageOptions> = {},
  onProgress: (progress: LanguageProgress) => void = () => undefined,
  signal?: AbortSignal,
  checkpoint?: TrainingCheckpoint,
): Promise<MaskedLanguageResult> {
  const { epochs, batch, learningRate, warmup, clip, seed, maskedShare, maxTokens } = {
    ...MASKED_LANGUAGE_DEFAULTS,
    ...options,
  };
  checkEncoderConfig(config, 'language model');
  checkTokenizer(tokenizer, config);
  const random = createRandom(seed);
  const sequences = texts
    .map((text) =>
      Int32Array.from([tokenizer.special.cls, ...tokenizer.encode(text).slice(0, maxTokens - 1)]),
    )
    .filter((tokens) => tokens.length > 1);
  if (sequences.length === 0)
    throw new InputError('language model', 'expected texts with at least one token, got none');
  const start = initialLanguageModel(
    config,
    tokenizer.special.pad,
    sequences.map((tokens) => tokens.subarray(1)),
    random,
  );
  const lengths = sequences.map((tokens) => tokens.length);
  const vocabulary = maskingVocabulary(tokenizer);
  const state = engine.createState(modelTensors(start));
  const optimizer = clipByGlobalNorm(adam({ learningRate }), clip);
  const steps = new PackedSteps({
    engine,
    state,
    config,
    padToken: start.padToken,
    shapes: packedShapes(
      config,
      sampledTexts(lengths, batch),
      lengths.reduce((max, n) => Math.max(max, n), 1),
    ),
    program: (shape) =>
      pretrainingProgram(
        config,
        { ...shape, labels: labelPlaces(shape, 1, batch, maskedShare), pairs: 0 },
        { optimizer, trainable: () => true },
      ),
  });
  const perEpoch = Math.ceil(sequences.length / batch);
  // One stream of random numbers runs through all epochs. A later epoch is reached by drawing everything
  // before it.
  const masks = maskedBatches(sequences, batch, vocabulary, random, maskedShare);
  let drawn = 0;
  const batchOf = (update: number): MaskedTokens[] => {
    for (; drawn < update; drawn++) masks.next();
    drawn++;
    return masks.next().value;
  };
  let finished = 0;
  const trainEpoch: Trainee['trainEpoch'] = async (epoch, onStep, from) => {
    for (let k = from; k < perEpoch; k++) {
      const update = epoch * perEpoch + k;
      const masked = batchOf(update);
      const inputs: EncoderSequence[] = masked.map(({ tokens }) => ({ tokens }));
      const { loss } = await steps.run(inputs, (packed, shape) => ({
        ...labelFeeds(labelPlaces(shape, 1, batch, maskedShare), packed, [
          { weight: 1, sequences: masked.map((m, index) => ({ index, masked: m })) },
        ]),
        learningRate: learningRate * warmLinearDecay(update, epochs * perEpoch, warmup * epochs * perEpoch),
      }));
      await onStep(k + 1, perEpoch, loss);
    }
    finished = epoch + 1;
  };
  try {
    const { log } = await train(
      {
        trainEpoch,
        validate: async () => ({ [FINISHED]: finished }),
        weights: () => state.snapshot((name) => name in start.weights || name in start.head!),
        snapshot: () => state.snapshot(),
        restore: (tensors) => steps.restore(tensors),
      },
      {
        epochs,
        patience: Infinity,
        metric: FINISHED,
        signal,
        checkpoint,
        onProgress: ({ epoch, step, loss, metric }) =>
          metric === undefined &&
          onProgress({
            share: ((epoch - 1) * perEpoch + step) / (epochs * perEpoch),
            message: `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}`,
          }),
      },
    );
    const tokens = epochs * sequences.reduce((n, s) => n + s.length, 0);
    return {
      model: await readModel(state, start),
      losses: log.map(({ loss }) => loss as number),
      updates: epochs * perEpoch,
      tokens,
    };
  } finally {
    await steps.dispose();
    state.dispose();
  }
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

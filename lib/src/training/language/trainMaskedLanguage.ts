/**
 * Vanilla MLM: makes a language model from nothing on plain texts, the LF of the embedded data (a published Longformer takes its
 * place where the user has one). One text is `<s>` and its tokens; no items, no users.
 */
import { clipByGlobalNorm, adam } from '../../engine/optimizers';
import { InputError } from '../../errors';
import type { Engine } from '../../engine/types';
import { checkEncoderConfig, type EncoderConfig } from '../../models/encoder/config';
import type { EncoderSequence } from '../../models/encoder/packing';
import { pretrainingProgram } from '../../models/recformer/pretrainingProgram';
import { checkTokenizer } from '../../models/longformer/itemSequences';
import type { LanguageModel } from '../../models/longformer/loadModel';
import { createRandom } from '../../random';
import { type Tokenizer, wordStarts } from '../../text/tokenizer';
import { initialLanguageModel } from './initialLanguageModel';
import { labelFeeds, labelPlaces } from './labelFeeds';
import { modelTensors, readModel } from './languageState';
import { type MaskingVocabulary, maskWords } from './maskWords';
import { PackedSteps } from './packedSteps';
import { warmLinearDecay } from './schedules';

export interface MaskedLanguageOptions {
  epochs: number;
  /** Texts of one update. */
  batch: number;
  learningRate: number;
  /** Share of the updates over which the learning rate ramps up. */
  warmup: number;
  clip: number;
  seed: number;
  /** Share of the tokens that is masked. Short texts need more than 0.15: of ten tokens it leaves one, and no word of two. */
  maskedShare: number;
  /** Longer texts are cut. */
  maxTokens: number;
}

export const MASKED_LANGUAGE_DEFAULTS: MaskedLanguageOptions = {
  epochs: 3, batch: 64, learningRate: 1e-3, warmup: 0.1, clip: 1, seed: 42, maskedShare: 0.4, maxTokens: 128,
};

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
): Promise<MaskedLanguageResult> {
  const { epochs, batch, learningRate, warmup, clip, seed, maskedShare, maxTokens } = { ...MASKED_LANGUAGE_DEFAULTS, ...options };
  checkEncoderConfig(config, 'language model');
  checkTokenizer(tokenizer, config);
  const random = createRandom(seed);
  const sequences = texts
    .map((text) => Int32Array.from([tokenizer.special.cls, ...tokenizer.encode(text).slice(0, maxTokens - 1)]))
    .filter((tokens) => tokens.length > 1);
  if (sequences.length === 0) throw new InputError('language model', 'expected texts with at least one token, got none');
  const start = initialLanguageModel(config, tokenizer.special.pad, sequences.map((tokens) => tokens.subarray(1)), random);
  const longest = sequences.reduce((max, s) => Math.max(max, s.length), 1);
  const vocabulary = maskingVocabulary(tokenizer);
  const state = engine.createState(modelTensors(start));
  const optimizer = clipByGlobalNorm(adam({ learningRate }), clip);
  const steps = new PackedSteps({
    engine, state, config, padToken: start.padToken, longest,
    program: (shape) =>
      pretrainingProgram(config, { ...shape, labels: labelPlaces(shape, 1, batch, maskedShare), pairs: 0 }, { optimizer, trainable: () => true }),
  });
  const perEpoch = Math.ceil(sequences.length / batch);
  const losses: number[] = [];
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = random.shuffle(Int32Array.from(sequences, (_, i) => i));
      let sum = 0;
      for (let k = 0; k < perEpoch; k++) {
        signal?.throwIfAborted();
        const masked = Array.from(order.subarray(k * batch, (k + 1) * batch), (i) => maskWords(sequences[i], vocabulary, random, maskedShare));
        const inputs: EncoderSequence[] = masked.map(({ tokens }) => ({ tokens }));
        const update = epoch * perEpoch + k;
        const { loss } = await steps.run(inputs, (packed, shape) => ({
          ...labelFeeds(labelPlaces(shape, 1, batch, maskedShare), packed, [{ weight: 1, sequences: masked.map((m, index) => ({ index, masked: m })) }]),
          learningRate: learningRate * warmLinearDecay(update, epochs * perEpoch, warmup * epochs * perEpoch),
        }));
        sum += loss;
        onProgress({ share: (update + 1) / (epochs * perEpoch), message: `epoch ${epoch + 1} of ${epochs}, loss ${(sum / (k + 1)).toFixed(3)}` });
      }
      losses.push(sum / perEpoch);
    }
    const tokens = epochs * sequences.reduce((n, s) => n + s.length, 0);
    return { model: await readModel(state, start), losses, updates: epochs * perEpoch, tokens };
  } finally {
    await steps.dispose();
    state.dispose();
  }
}

/** What masking needs to know of a tokenizer. */
export function maskingVocabulary(tokenizer: Tokenizer): MaskingVocabulary {
  const { special, vocabularySize } = tokenizer;
  return { starts: wordStarts(tokenizer), specials: new Set(Object.values(special)), mask: special.mask, size: vocabularySize };
}

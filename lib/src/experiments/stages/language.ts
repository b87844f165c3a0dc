/**
 * Stage: the language model LF of the embedded data: a small Longformer trained from scratch on plain
 * sentences (masked tokens), then given RECFORMER's token types and item positions (method 4.7). It has seen
 * no item and no user.
 */
import type { SimulationWorld } from '../../data/simulation/parameters';
import { simulateCorpus } from '../../data/simulation/simulateCorpus';
import { createEngine } from '../../engine/engine';
import type { EncoderConfig } from '../../models/encoder/config';
import { toRecformer } from '../../models/published/toRecformer';
import { trainMaskedLanguage } from '../../training/language/trainMaskedLanguage';
import type { StageFunction } from '../../pipeline/stage';
import type { Tokenizer } from '../../text/tokenizer';
import { providerOf } from './providerOf';
import { storeModel, type ModelFacts } from './storedModel';
import { storedTokenizer, type TokenizerFacts } from './storedTokenizer';

export interface LanguageConfig {
  layers: number;
  heads: number;
  hidden: number;
  window: number;
  /** Longest input in tokens. */
  maxTokens: number;
  sentences: number;
  epochs: number;
  batch: number;
  learningRate: number;
  /** The corpus: its world, its seed, and the fingerprint of the shop's words. */
  world: SimulationWorld;
  worldSeed: number;
  lexicon: string;
  /** Rows of the item positions (D27). */
  itemPositions: 'normal' | 'zero';
  /** Only in keys of trainings in mixed precision (EngineOptions). */
  precision?: 'mixed';
  seed: number;
}

export interface LanguageFacts extends ModelFacts {
  /** Mean loss of each epoch, nats per masked token. */
  losses: readonly number[];
  updates: number;
  tokens: number;
}

export const run: StageFunction<LanguageConfig, LanguageFacts, { tokenizer: TokenizerFacts }> = async (
  config,
  inputs,
  context,
) => {
  const { threads, signal, progress, checkpoint } = context;
  const { maxTokens, sentences, epochs, batch, learningRate, world, worldSeed, seed, precision } = config;
  const tokenizer = await storedTokenizer(inputs.tokenizer);
  const engine = await createEngine({ provider: providerOf(context), threads, seed, precision });
  try {
    const result = await trainMaskedLanguage(
      {
        engine,
        texts: simulateCorpus({ seed: worldSeed, sentences, world }),
        tokenizer,
        config: encoderConfig(config, tokenizer),
        onProgress: ({ share, message }) => progress(share, message),
        signal,
        checkpoint: checkpoint('LF'),
      },
      { epochs, batch, learningRate, seed, maxTokens },
    );
    const { json: model, arrays } = storeModel(
      toRecformer(result.model, { window: config.window, seed, itemPositionStart: config.itemPositions }),
    );
    return { json: { model, losses: result.losses, updates: result.updates, tokens: result.tokens }, arrays };
  } finally {
    await engine.dispose();
  }
};

function encoderConfig(
  { layers, heads, hidden, window, maxTokens }: LanguageConfig,
  { vocabularySize, special }: Tokenizer,
): EncoderConfig {
  return {
    attention: 'window',
    layers,
    heads,
    hidden,
    intermediate: 4 * hidden,
    vocabulary: vocabularySize,
    positions: maxTokens + special.pad + 1,
    positionOffset: special.pad + 1,
    tokenTypes: 1,
    itemPositions: 0,
    window,
    normEps: 1e-5,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    initializerStd: 0.02,
  };
}

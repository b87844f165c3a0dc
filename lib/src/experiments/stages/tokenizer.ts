/** Stage: a byte-level BPE vocabulary, trained on the corpus and the item texts of the simulated domains. */
import type { SimulationWorld } from '../../data/simulation/parameters';
import { simulateCorpus } from '../../data/simulation/simulateCorpus';
import { itemAttributes } from '../../text/recformerInput';
import type { JsonObject } from '../../text/tokenizer';
import { trainBpe } from '../../text/trainBpe';
import type { StageFunction } from '../../pipeline/stage';
import { loadDataset, type DatasetFacts } from './storedDataset';
import type { TokenizerFacts } from './storedTokenizer';

export interface TokenizerConfig {
  /** Tokens in all, special ones and bytes included. */
  vocabulary: number;
  sentences: number;
  /** The corpus. */
  world: SimulationWorld;
  lexicon: string;
  seed: number;
}

export const run: StageFunction<TokenizerConfig, TokenizerFacts, Record<string, DatasetFacts>> = async (
  { vocabulary, sentences, world, seed },
  inputs,
) => {
  const texts = Object.values(inputs).flatMap((input) =>
    loadDataset(input).itemTexts.flatMap((text) => itemAttributes(text).flat()),
  );
  return {
    json: {
      tokenizer: trainBpe([...simulateCorpus({ seed, sentences, world }), ...texts], vocabulary, {
        lowerCase: true,
        prefixSpace: true,
      }) as JsonObject,
    },
    arrays: {},
  };
};

/** Stage: a byte-level BPE vocabulary, trained on the corpus and the item texts of the simulated domains. */
import type { SimulationWorld } from '../../data/simulation/parameters';
import { simulateCorpus } from '../../data/simulation/simulateCorpus';
import { itemAttributes } from '../../text/recformerInput';
import { trainBpe } from '../../text/trainBpe';
import type { Json } from '../../pipeline/contentKey';
import type { StageFunction } from '../../pipeline/stage';
import { loadDataset } from './storedDataset';

export interface TokenizerConfig {
  /** Tokens in all, special ones and bytes included. */
  vocabulary: number;
  sentences: number;
  /** The corpus. */
  world: SimulationWorld;
  lexicon: string;
  seed: number;
}

export const run: StageFunction = async (config, inputs) => {
  const { vocabulary, sentences, world, seed } = config as unknown as TokenizerConfig;
  const texts = Object.values(inputs).flatMap((input) =>
    loadDataset(input).itemTexts.flatMap((text) => itemAttributes(text).flat()),
  );
  return {
    json: {
      tokenizer: trainBpe([...simulateCorpus({ seed, sentences, world }), ...texts], vocabulary, {
        lowerCase: true,
        prefixSpace: true,
      }) as Json,
    },
    arrays: {},
  };
};

/** Stage: a byte-level BPE vocabulary, trained on the corpus and the item texts of the simulated domains. */
import { simulateCorpus } from '../../data/simulation';
import { itemAttributes } from '../../text/recformerInput';
import { trainBpe } from '../../text';
import type { Json } from '../contentKey';
import type { StageFunction } from '../stage';
import { loadDataset } from './storedDataset';

export interface TokenizerConfig {
  /** Tokens in all, special ones and bytes included. */
  vocabulary: number;
  sentences: number;
  seed: number;
}

export const run: StageFunction = async (config, inputs) => {
  const { vocabulary, sentences, seed } = config as unknown as TokenizerConfig;
  const texts = Object.values(inputs).flatMap((input) => loadDataset(input).itemTexts.flatMap((text) => itemAttributes(text).flat()));
  return { json: { tokenizer: trainBpe([...simulateCorpus({ seed, sentences }), ...texts], vocabulary) as Json }, arrays: {} };
};

/**
 * Stage: the lexical item table of a dataset (TF-IDF of the item texts, truncated SVD), the baseline that
 * knows words but no language.
 */
import { lexicalTable } from '../../text/lexicalTable';
import type { StageFunction } from '../../pipeline/stage';
import { loadDataset } from './storedDataset';
import { storeTable } from './storedTable';

export interface LexicalConfig {
  dim: number;
  seed: number;
}

export const run: StageFunction = async (config, inputs) => {
  const { dim, seed } = config as unknown as LexicalConfig;
  const table = lexicalTable(loadDataset(inputs.dataset).itemTexts, dim, seed);
  return storeTable(table, { source: 'lexical' });
};

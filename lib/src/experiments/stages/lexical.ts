/**
 * Stage: the lexical item table of a dataset (TF-IDF of the item texts, truncated SVD), the baseline that
 * knows words but no language.
 */
import { lexicalTable } from '../../text/lexicalTable';
import type { StageFunction } from '../../pipeline/stage';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { storeTable, type TableFacts } from './storedTable';

export interface LexicalConfig {
  dim: number;
  seed: number;
}

export const run: StageFunction<LexicalConfig, TableFacts, { dataset: DatasetFacts }> = async (
  { dim, seed },
  inputs,
) => {
  const table = lexicalTable(loadDataset(inputs.dataset).itemTexts, dim, seed);
  return storeTable(table, 'lexical');
};

/** A dataset as a stage result and back: sequences as arrays, keys and texts as JSON. */
import { makeDataset } from '../../data/dataset';
import type { ReadReport } from '../../data/readReport';
import type { Dataset, ItemText } from '../../data/types';
import { datasetStatistics, type DatasetStatistics } from '../../data/statistics';
import type { StageResult } from '../../pipeline/stage';

/** What the stages "dataset", "amazonDataset" and "ownDataset" say. */
export interface DatasetFacts {
  name: string;
  kind: Dataset['kind'];
  fingerprint: string;
  userKeys: readonly string[];
  itemKeys: readonly string[];
  itemTexts: readonly ItemText[];
  statistics: DatasetStatistics;
  /** What was read, dropped and guessed; of files alone. */
  report?: ReadReport;
}

export function storeDataset(dataset: Dataset): StageResult<DatasetFacts> {
  const { name, kind, fingerprint, userKeys, itemKeys, itemTexts } = dataset;
  const vector = (data: Int32Array) => ({ shape: [data.length], dtype: 'int32' as const, data });
  return {
    json: { name, kind, fingerprint, userKeys, itemKeys, itemTexts, statistics: datasetStatistics(dataset) },
    arrays: { offsets: vector(dataset.offsets), sequence: vector(dataset.sequence) },
  };
}

export function loadDataset(result: StageResult<DatasetFacts>): Dataset {
  const { fingerprint, statistics: _, report: __, ...parts } = result.json;
  const { offsets, sequence } = result.arrays;
  const dataset = makeDataset({
    ...parts,
    offsets: offsets.data as Int32Array,
    sequence: sequence.data as Int32Array,
  });
  if (dataset.fingerprint !== fingerprint) {
    throw new Error(
      `stored dataset ${parts.name}: expected fingerprint ${fingerprint}, got ${dataset.fingerprint}`,
    );
  }
  return dataset;
}

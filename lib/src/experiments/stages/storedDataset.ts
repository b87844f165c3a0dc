/** A dataset as a stage result and back: sequences as arrays, keys and texts as JSON. */
import { makeDataset } from '../../data/dataset';
import type { Dataset, ItemText } from '../../data/types';
import type { Json } from '../../pipeline/contentKey';
import type { StageResult } from '../../pipeline/stage';

interface DatasetJson {
  name: string;
  kind: Dataset['kind'];
  fingerprint: string;
  userKeys: string[];
  itemKeys: string[];
  itemTexts: ItemText[];
}

export function storeDataset(dataset: Dataset): StageResult {
  const { name, kind, fingerprint, userKeys, itemKeys, itemTexts } = dataset;
  const vector = (data: Int32Array) => ({ shape: [data.length], dtype: 'int32' as const, data });
  return {
    json: { name, kind, fingerprint, userKeys, itemKeys, itemTexts } as unknown as Json,
    arrays: { offsets: vector(dataset.offsets), sequence: vector(dataset.sequence) },
  };
}

export function loadDataset(result: StageResult): Dataset {
  const { fingerprint, ...parts } = result.json as unknown as DatasetJson;
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

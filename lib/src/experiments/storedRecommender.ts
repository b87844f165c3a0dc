/**
 * A trained recommender of a run, found in the store by the name of its result, in the form of a saved one.
 * Its item keys are those of the dataset with the same fingerprint, which the same run stored.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '../engine/safetensors/safetensors';
import { InputError } from '../errors';
import { type Store, type StoreEntry, verify } from '../pipeline/store';
import type { SavedRecommender } from '../training/recommender';
import type { RecommenderFacts } from './stages/recommender';
import type { DatasetFacts } from './stages/storedDataset';
import { loadWeights } from './stages/storedWeights';

const DATASETS = ['dataset', 'amazonDataset', 'ownDataset'];
const WHERE = 'store';
const LIST = '`elephant store ls` lists the results';

/**
 * `name`: the beginning of the result's folder name or of its key, such as "recommender-3f2a" or "3f2a".
 * @throws InputError if no result or several begin so, and for a result that is no recommender, is damaged,
 * or whose dataset is not in the store.
 */
export function storedRecommender(store: Store, name: string): SavedRecommender {
  const entry = entryOf(store, name);
  const { options, fingerprint, epochs, bestEpoch, validation, test } = factsOf<RecommenderFacts>(entry);
  const { tensors } = decodeSafetensors(readFileSync(join(entry.folder, 'arrays.safetensors')), entry.folder);
  const weights = loadWeights(tensors);
  const { name: dataset, itemKeys } = datasetOf(store, fingerprint);
  const catalogue = { name: dataset, fingerprint, items: itemKeys.length, itemKeys };
  return { options, dataset, fingerprint, epochs, bestEpoch, validation, test, weights, catalogue };
}

function entryOf(store: Store, name: string): StoreEntry {
  const found = store
    .list()
    .filter(({ manifest: { kind, key } }) => [`${kind}-${key}`, key].some((full) => full.startsWith(name)));
  if (found.length !== 1)
    throw new InputError(
      WHERE,
      `expected one result that begins with "${name}", got ${found.length === 0 ? 'none' : found.length}`,
      LIST,
    );
  const [entry] = found;
  const { kind, label } = entry.manifest;
  if (kind !== 'recommender')
    throw new InputError(
      WHERE,
      `expected a trained SASRec or BERT4Rec, got "${label}" (${kind})`,
      'Name a result that begins with "recommender-"',
    );
  return entry;
}

function datasetOf(store: Store, fingerprint: string): DatasetFacts {
  const datasets = store.list().filter(({ manifest }) => DATASETS.includes(manifest.kind));
  for (const entry of datasets) {
    const facts = factsOf<DatasetFacts>(entry);
    if (facts.fingerprint === fingerprint) return facts;
  }
  throw new InputError(
    WHERE,
    `expected the dataset ${fingerprint} of the recommender, which has its item keys, got none of the ` +
      `${datasets.length} datasets there`,
    'Run the profile that trained it again',
  );
}

function factsOf<Facts>({ folder, manifest }: StoreEntry): Facts {
  const problem = verify(folder, manifest.key);
  if (problem !== undefined)
    throw new InputError(
      folder,
      `expected an intact result, got a damaged one: ${problem}`,
      'Run its profile again',
    );
  return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Facts;
}

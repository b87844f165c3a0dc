/**
 * The items that a recommender knows: the part of its dataset that is needed to recommend without it, in
 * another process or another program.
 */
import { requireDataset } from '../../data/requireDataset';
import type { Dataset } from '../../data/types';
import { InputError } from '../../errors';

/** Every dataset is a catalogue. Item id i has the key `itemKeys[i - 1]`. */
export type Catalogue = Pick<Dataset, 'name' | 'fingerprint' | 'items' | 'itemKeys'>;

/** @throws InputError for a dataset other than that of `fingerprint`, which the model was trained on. */
export function requireCatalogue(where: string, fingerprint: string, catalogue: Catalogue): void {
  requireDataset(where, catalogue);
  if (fingerprint === catalogue.fingerprint) return;
  throw new InputError(
    where,
    `expected the dataset ${fingerprint} that the model was trained on, got ${catalogue.name} ` +
      `${catalogue.fingerprint}`,
    'Read the same files with the same options',
  );
}

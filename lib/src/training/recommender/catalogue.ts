/**
 * The items that a recommender knows: what remains of its dataset where recommending goes on without it, in
 * another process or another program.
 */
import type { Dataset } from '../../data/types';
import { InputError } from '../../errors';

/** Any dataset is one. Item id i has the key `itemKeys[i - 1]`. */
export type Catalogue = Pick<Dataset, 'name' | 'fingerprint' | 'items' | 'itemKeys'>;

/** @throws InputError for another dataset than that of `fingerprint`, which the model was trained on. */
export function requireCatalogue(where: string, fingerprint: string, catalogue: Catalogue): void {
  if (fingerprint === catalogue.fingerprint) return;
  throw new InputError(
    where,
    `expected the dataset ${fingerprint} that the model was trained on, got ${catalogue.name} ` +
      `${catalogue.fingerprint}`,
    'Read the same files with the same options',
  );
}

/**
 * A trained recommender as one file: a safetensors file with the best epoch's weights by their names, and
 * options, metrics and item keys as metadata. It carries its own SHA-256. Training does not resume from it;
 * checkpoints are for that.
 */
import { readFile } from 'node:fs/promises';
import { sealedParts, sealProblem } from '../../engine/checkpoint/seal';
import { MAX_HEADER_BYTES } from '../../engine/safetensors/header';
import { decodeSafetensors } from '../../engine/safetensors/safetensors';
import { InputError } from '../../errors';
import { regularFile, unreadable } from '../../readableFile';
import { libraryVersion } from '../../project';
import { writeAll, writeAside } from '../../writeAside';
import { type Catalogue, requireCatalogue } from './catalogue';
import type { TrainedRecommender } from './trainWithOptions';

/** The part of a training's result that is saved. */
export type Recommender = Pick<
  TrainedRecommender,
  'options' | 'dataset' | 'fingerprint' | 'epochs' | 'bestEpoch' | 'validation' | 'test' | 'weights'
>;

/** What `recommend` takes as the model, with the catalogue to give as the dataset. */
export interface SavedRecommender extends Recommender {
  catalogue: Catalogue;
}

/** The metadata "recommender", as JSON. */
interface Saved extends Omit<Recommender, 'weights'> {
  /** Version of the library that wrote it; for people. */
  version: string;
  itemKeys: readonly string[];
}

const KIND = 'elephant-recommender-';
const FORMAT = `${KIND}1`;

/**
 * Writes a trained recommender to `file`, whole or not at all. `catalogue`: the dataset that it was trained
 * on; its item keys are saved too.
 * @throws InputError for another dataset, and if the system refuses to write.
 * @example
 * ```ts
 * import { readOwn, saveRecommender, trainRecommender } from 'elephant';
 * const dataset = await readOwn('examples/shop');
 * const run = await trainRecommender({ dataset, model: 'sasrec', loss: 'ce', dim: 16, epochs: 20 });
 * await saveRecommender(run, dataset, 'shop.safetensors');
 * ```
 */
export async function saveRecommender(
  recommender: Recommender,
  catalogue: Catalogue,
  file: string,
): Promise<void> {
  const { options, dataset, fingerprint, epochs, bestEpoch, validation, test, weights } = recommender;
  requireCatalogue('saveRecommender', fingerprint, catalogue);
  const about = { options, dataset, fingerprint, epochs, bestEpoch, validation, test };
  const saved: Saved = { version: libraryVersion(), ...about, itemKeys: catalogue.itemKeys };
  const parts = sealedParts(weights, { format: FORMAT, recommender: JSON.stringify(saved) });
  if (parts[0].length > MAX_HEADER_BYTES)
    throw new InputError(
      'saveRecommender',
      `expected item keys and names of at most ${MAX_HEADER_BYTES} bytes, got ${parts[0].length}`,
      'Shorten the item keys',
    );
  await writeAside(file, async (handle) => {
    for (const part of parts) await writeAll(handle, part);
  });
}

/**
 * Reads a recommender that saveRecommender wrote; `recommend(saved, saved.catalogue, histories)` then works
 * without its dataset.
 * @throws InputError for a file that is missing, cut short, damaged, not a recommender, or of another version
 * of the format.
 * @example
 * ```ts
 * import { openRecommender, recommend } from 'elephant';
 * const saved = await openRecommender('shop.safetensors'); // as saveRecommender wrote it
 * const [next] = await recommend(saved, saved.catalogue, [['comb', 'soap']]);
 * console.log(next[0].item);
 * ```
 */
export async function openRecommender(file: string): Promise<SavedRecommender> {
  regularFile(file, 'a saved recommender');
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw unreadable(file, cause, 'a saved recommender');
  });
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const format = metadata.get('format');
  const sealed = metadata.has('sha256') || format === FORMAT;
  if (sealed && sealProblem(bytes) !== undefined)
    throw new InputError(
      file,
      'expected the bytes that were written, got other bytes: the SHA-256 in the file does not match',
      'The file is damaged: copy it again, or train and save again',
    );
  requireFormat(file, format, Object.keys(tensors));
  const { version: _, itemKeys, ...about } = JSON.parse(metadata.get('recommender')!) as Saved;
  const { dataset, fingerprint } = about;
  const catalogue = { name: dataset, fingerprint, items: itemKeys.length, itemKeys };
  return { ...about, weights: tensors, catalogue };
}

function requireFormat(file: string, format: string | undefined, names: readonly string[]): void {
  if (format === FORMAT) return;
  if (format?.startsWith(KIND))
    throw new InputError(
      file,
      `expected the format ${FORMAT}, got ${format}, which another version of this library wrote`,
      `Open it with that version, or save it again with this one (${libraryVersion()})`,
    );
  const got = names.slice(0, 3).join(', ') || 'nothing';
  throw new InputError(
    file,
    `expected a saved recommender, got another safetensors file (it holds ${got})`,
    '`elephant train --out` and saveRecommender write one',
  );
}

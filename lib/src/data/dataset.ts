/**
 * Makes a Dataset from sequences and texts: checks them, finds who is evaluated (method 2.5), and computes
 * the fingerprint. Every reader and the simulation use it; nothing else creates a Dataset.
 */
import { createHash, type Hash } from 'node:crypto';
import { SHORTEST_EVALUATED, target, trainedItems } from './splits';
import type { Dataset, ItemText } from './types';

/** What a dataset is made of. */
export interface DatasetParts {
  name: string;
  kind: Dataset['kind'];
  /** Length users + 1, ascending from 0. */
  offsets: Int32Array;
  /** Item ids 1..items, oldest first within each user. */
  sequence: Int32Array;
  userKeys: readonly string[];
  itemKeys: readonly string[];
  /** One entry per item, in the order of ids; unknown values are empty strings. */
  itemTexts: readonly ItemText[];
  /**
   * D31, if a user's validation or test item is in no training part. "user" (default): the user is left out
   * of validation and test. "target": the two are judged separately; the user stays for the one whose target
   * is trained.
   */
  exclusion?: 'user' | 'target';
}

/**
 * A Dataset from sequences and texts: checked, with its evaluation users and fingerprint.
 * @throws RangeError if the parts contradict each other: a defect of the caller, since readers check their
 * input before.
 * @example
 * ```ts
 * import { makeDataset } from 'elephant/data';
 * const text = (title: string) => ({ title, brand: '', category: '' });
 * const dataset = makeDataset({
 *   ...({ name: 'toy', kind: 'own', userKeys: ['u', 'v'], itemKeys: ['a', 'b'] } as const),
 *   offsets: Int32Array.of(0, 3, 7), // u has interactions 0 to 2, v 3 to 6
 *   sequence: Int32Array.of(1, 2, 1, 2, 1, 1, 2), // item ids from 1, oldest first
 *   itemTexts: [text('Comb'), text('Soap')],
 * });
 * ```
 */
export function makeDataset(parts: DatasetParts): Dataset {
  checkParts(parts);
  const { name, kind, offsets, sequence, userKeys, itemKeys, itemTexts, exclusion = 'user' } = parts;
  const counts = { users: userKeys.length, items: itemKeys.length, interactions: sequence.length };
  return Object.freeze({
    name,
    kind,
    fingerprint: fingerprintOf(parts),
    ...counts,
    offsets,
    sequence,
    userKeys,
    itemKeys,
    itemTexts,
    ...evaluated({ ...counts, offsets, sequence }, exclusion),
  });
}

/** The users that are validated and tested, and the counts of those that are not (method 2.5, D31). */
function evaluated(
  data: Pick<Dataset, 'users' | 'items' | 'offsets' | 'sequence'>,
  exclusion: 'user' | 'target',
): Pick<Dataset, 'evaluationUsers' | 'exclusions'> {
  const trained = trainedItems(data);
  const kept: number[] = [];
  let tooShort = 0;
  for (let row = 0; row < data.users; row++) {
    if (data.offsets[row + 1] - data.offsets[row] < SHORTEST_EVALUATED) tooShort++;
    else {
      const [validation, test] = [
        trained[target(data, row, 'validation')],
        trained[target(data, row, 'test')],
      ];
      if (exclusion === 'user' ? validation && test : validation || test) kept.push(row);
    }
  }
  const exclusions = Object.freeze({ tooShort, untrainedTarget: data.users - tooShort - kept.length });
  return { evaluationUsers: Int32Array.from(kept), exclusions };
}

/**
 * 32 hexadecimal digits of SHA-256 over sequences (little-endian, as on every machine ONNX Runtime runs on),
 * keys and texts. Name and kind are labels, not content.
 */
function fingerprintOf({
  offsets,
  sequence,
  userKeys,
  itemKeys,
  itemTexts,
  exclusion,
}: DatasetParts): string {
  const hash = createHash('sha256').update('elephant dataset 1\0');
  for (const array of [offsets, sequence])
    hash.update(`${array.length}\0`).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  updateWithRows(hash, userKeys, (key) => key);
  updateWithRows(hash, itemKeys, (key) => key);
  updateWithRows(hash, itemTexts, (text) => [text.title, text.brand, text.category]);
  // Who is evaluated follows from the content, but for this choice.
  if (exclusion === 'target') hash.update('targets judged separately');
  return hash.digest('hex').slice(0, 32);
}

/** In pieces, because the JSON of all rows may be longer than a string can be. */
function updateWithRows<T>(hash: Hash, rows: readonly T[], plain: (row: T) => unknown): void {
  hash.update(`${rows.length}\0`);
  for (let start = 0; start < rows.length; start += 10_000)
    hash.update(JSON.stringify(rows.slice(start, start + 10_000).map(plain)));
}

function checkParts({ offsets, sequence, userKeys, itemKeys, itemTexts }: DatasetParts): void {
  const fail = (problem: string): never => {
    throw new RangeError(`makeDataset: ${problem}`);
  };
  if (offsets.length !== userKeys.length + 1)
    fail(`expected ${userKeys.length + 1} offsets for ${userKeys.length} users, got ${offsets.length}`);
  if (itemTexts.length !== itemKeys.length)
    fail(`expected one text per item (${itemKeys.length}), got ${itemTexts.length}`);
  if (offsets[0] !== 0 || offsets[userKeys.length] !== sequence.length) {
    fail(`expected offsets from 0 to ${sequence.length}, got ${offsets[0]} to ${offsets[userKeys.length]}`);
  }
  for (let row = 0; row < userKeys.length; row++) {
    if (offsets[row + 1] < offsets[row])
      fail(`expected ascending offsets, got ${offsets[row]} then ${offsets[row + 1]} at row ${row}`);
  }
  for (let k = 0; k < sequence.length; k++) {
    if (sequence[k] < 1 || sequence[k] > itemKeys.length)
      fail(`expected item ids 1..${itemKeys.length}, got ${sequence[k]} at interaction ${k}`);
  }
  itemTexts.forEach((text, i) => {
    for (const field of ['title', 'brand', 'category'] as const) {
      if (typeof text[field] !== 'string')
        fail(`expected a string as ${field} of item ${i + 1}, got ${typeof text[field]}`);
    }
  });
}

/** Small datasets and files for the tests of this folder, made from a seed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeDataset, MT19937, type Dataset } from '../../lib/src/data';
import { readOwnWithReport, type OwnOptions, type DatasetWithReport } from '../../lib/src/data/sources';
import { folderWith, type Files } from '../support/folders';

/** Users with 3 to 12 uniform items each. */
export function randomDataset({
  users,
  items,
  seed,
}: {
  users: number;
  items: number;
  seed: number;
}): Dataset {
  const generator = new MT19937(seed);
  const offsets = new Int32Array(users + 1);
  for (let row = 0; row < users; row++) offsets[row + 1] = offsets[row] + 3 + generator.below(10);
  const sequence = Int32Array.from({ length: offsets[users] }, () => 1 + generator.below(items));
  return datasetOf(offsets, sequence, items);
}

/** A dataset from sequences of item ids. */
export function datasetFrom(sequences: number[][], items = Math.max(...sequences.flat())): Dataset {
  const offsets = new Int32Array(sequences.length + 1);
  sequences.forEach((sequence, row) => (offsets[row + 1] = offsets[row] + sequence.length));
  return datasetOf(offsets, Int32Array.from(sequences.flat()), items);
}

function datasetOf(offsets: Int32Array, sequence: Int32Array, items: number): Dataset {
  return makeDataset({
    name: 'Test',
    kind: 'simulation',
    offsets,
    sequence,
    userKeys: Array.from({ length: offsets.length - 1 }, (_, row) => `u${row}`),
    itemKeys: Array.from({ length: items }, (_, i) => `i${i + 1}`),
    itemTexts: Array.from({ length: items }, (_, i) => ({ title: `Item ${i + 1}`, brand: '', category: '' })),
  });
}

/** Reads the one file there is, or the folder if there are several. */
export function readFiles(files: Files, options: OwnOptions = {}): Promise<DatasetWithReport> {
  const [name, ...more] = Object.keys(files);
  const folder = folderWith(files);
  return readOwnWithReport(more.length > 0 ? folder : join(folder, name), options);
}

/** Items of each user, by key. */
export function histories({ userKeys, itemKeys, offsets, sequence }: Dataset): Record<string, string[]> {
  return Object.fromEntries(
    userKeys.map((user, row) => [
      user,
      Array.from(sequence.subarray(offsets[row], offsets[row + 1]), (id) => itemKeys[id - 1]),
    ]),
  );
}

/** The same in short, for items whose keys are single letters: "abca". */
export function letters(dataset: Dataset): Record<string, string> {
  return Object.fromEntries(
    Object.entries(histories(dataset)).map(([user, items]) => [user, items.join('')]),
  );
}

export function writeGzip(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, gzipSync(content));
  return path;
}

/** Lines of the Amazon format from [user, item, time]. */
export function reviewLines(events: [user: string, item: string, time: number][]): string {
  return events
    .map(
      ([user, item, time]) =>
        `${JSON.stringify({ reviewerID: user, asin: item, overall: 5, unixReviewTime: time })}\n`,
    )
    .join('');
}

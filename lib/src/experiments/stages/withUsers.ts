/** A dataset cut to a number of users. Shared by the stages that read files. */
import { makeDataset } from '../../data/dataset';
import { keyHash } from '../../data/keyHash';
import type { Dataset } from '../../data/types';

/** At most `count` users (0: all), drawn by a seeded hash of their keys, with the items that these have. */
export function withUsers(dataset: Dataset, count: number, seed: number): Dataset {
  const { offsets, sequence, userKeys, itemKeys, itemTexts } = dataset;
  const order = userKeys
    .map((key, row) => ({ row, hash: keyHash(key, seed) }))
    .sort((a, b) => a.hash - b.hash || a.row - b.row);
  const rows = (count === 0 ? order : order.slice(0, count)).map(({ row }) => row).sort((a, b) => a - b);
  const histories = rows.map((row) => sequence.subarray(offsets[row], offsets[row + 1]));
  const items = [...new Set(histories.flatMap((history) => [...history]))].sort((a, b) => a - b);
  const ids = new Map(items.map((item, index) => [item, index + 1]));
  let end = 0;
  const ends = histories.map(({ length }) => (end += length));
  return makeDataset({
    name: dataset.name,
    kind: dataset.kind,
    offsets: Int32Array.from([0, ...ends]),
    sequence: Int32Array.from(
      histories.flatMap((history) => Array.from(history, (item) => ids.get(item) as number)),
    ),
    userKeys: rows.map((row) => userKeys[row]),
    itemKeys: items.map((item) => itemKeys[item - 1]),
    itemTexts: items.map((item) => itemTexts[item - 1]),
  });
}

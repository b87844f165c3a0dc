/**
 * Small datasets for tests: seeded random ones (some users too short, some items never trained on), and one
 * that follows a rule.
 */
import { type Dataset, makeDataset } from '../../lib/src/data';
import { createRandom } from '../../lib/src/random';

export function smallDataset({ users = 60, items = 150, seed = 11, longest = 14 } = {}): Dataset {
  const random = createRandom(seed);
  const lengths = Array.from({ length: users }, () => 2 + random.integer(longest - 1));
  return fromSequences(
    'small',
    items,
    lengths.map((length) => Array.from({ length }, () => 1 + Math.floor(items * random.uniform() ** 2))),
  );
}

/**
 * Users who walk `length` steps along one ring of items, each from another place: the next item is certain.
 */
export function ringDataset(users: number, items: number, length: number): Dataset {
  const start = (user: number): number => Math.floor((user * items) / users);
  return fromSequences(
    'ring',
    items,
    Array.from({ length: users }, (_, user) =>
      Array.from({ length }, (__, i) => 1 + ((start(user) + i) % items)),
    ),
  );
}

function fromSequences(name: string, items: number, sequences: number[][]): Dataset {
  const offsets = new Int32Array(sequences.length + 1);
  sequences.forEach((sequence, u) => (offsets[u + 1] = offsets[u] + sequence.length));
  return makeDataset({
    name,
    kind: 'simulation',
    offsets,
    sequence: Int32Array.from(sequences.flat()),
    userKeys: sequences.map((_, u) => `u${u}`),
    itemKeys: Array.from({ length: items }, (_, i) => `i${i + 1}`),
    itemTexts: Array.from({ length: items }, (_, i) => ({
      title: `title ${i + 1}`,
      brand: '',
      category: '',
    })),
  });
}

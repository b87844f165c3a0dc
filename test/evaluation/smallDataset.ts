/** A seeded random dataset for tests: some users too short, some items never trained on. */
import { type Dataset, makeDataset } from '../../lib/src/data';
import { createRandom } from '../../lib/src/text/random';

export function smallDataset({ users = 60, items = 150, seed = 11, longest = 14 } = {}): Dataset {
  const random = createRandom(seed);
  const offsets = new Int32Array(users + 1);
  const sequence: number[] = [];
  for (let u = 0; u < users; u++) {
    const length = 2 + random.integer(longest - 1);
    for (let i = 0; i < length; i++) sequence.push(1 + Math.floor(items * random.uniform() ** 2));
    offsets[u + 1] = sequence.length;
  }
  return makeDataset({
    name: 'small',
    kind: 'simulation',
    offsets,
    sequence: Int32Array.from(sequence),
    userKeys: Array.from({ length: users }, (_, u) => `u${u}`),
    itemKeys: Array.from({ length: items }, (_, i) => `i${i + 1}`),
    itemTexts: Array.from({ length: items }, (_, i) => ({ title: `title ${i + 1}`, brand: '', category: '' })),
  });
}

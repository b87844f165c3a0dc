/**
 * Paired bootstrap over the users of one domain: means of several columns under the same resamples.
 * scoreboard.ts combines the means (contrasts, domains); interval.ts has intervals and p-values.
 */
import { createRandom } from '../../random';

/**
 * Means of every column in every resample: [columns][resamples]. A resample draws as many users as there are,
 * with replacement, the same for all columns, so that what two columns share cancels. Columns hold one value
 * per user, in one order.
 *
 * Cost: about 6 ns per draw and 1 ns per user and column. With 10,000 resamples and 24 columns, that is
 * 1 s of one core for five domains of 400 users, 4 s for five of 2,000 (measured on a busy machine).
 *
 * @param seed A stream of its own for every domain: see `domainSeed`.
 * @throws RangeError without users, or if columns differ in length.
 */
export function bootstrapMeans(
  columns: readonly Float64Array[],
  resamples: number,
  seed: number,
): Float64Array[] {
  if (columns.length === 0) return [];
  const users = columns[0].length;
  if (users === 0) throw new RangeError('bootstrapMeans: expected at least one user, got none');
  for (const { length } of columns) {
    if (length !== users)
      throw new RangeError(`bootstrapMeans: expected ${users} users in every column, got ${length}`);
  }
  const random = createRandom(seed);
  const means = columns.map(() => new Float64Array(resamples));
  const sums = new Float64Array(columns.length);
  const counts = new Float64Array(users);
  for (let r = 0; r < resamples; r++) {
    counts.fill(0);
    for (let i = 0; i < users; i++) counts[random.integer(users)]++;
    weightedSums(columns, counts, sums);
    for (let c = 0; c < columns.length; c++) means[c][r] = sums[c] / users;
  }
  return means;
}

/** Seed of a domain's stream: the same whatever other domains are in the run. FNV-1a over both. */
export function domainSeed(seed: number, domain: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${seed}/${domain}`, 'utf8'))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * sums[c] = sum over users of counts * columns[c]. Four columns at a time, so that the counts are read once
 * for all of them.
 */
function weightedSums(columns: readonly Float64Array[], counts: Float64Array, sums: Float64Array): void {
  const fours = columns.length - (columns.length % 4);
  for (let c = 0; c < fours; c += 4) {
    const [c0, c1, c2, c3] = [columns[c], columns[c + 1], columns[c + 2], columns[c + 3]];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i];
      s0 += count * c0[i];
      s1 += count * c1[i];
      s2 += count * c2[i];
      s3 += count * c3[i];
    }
    sums[c] = s0;
    sums[c + 1] = s1;
    sums[c + 2] = s2;
    sums[c + 3] = s3;
  }
  for (let c = fours; c < columns.length; c++) {
    const column = columns[c];
    let sum = 0;
    for (let i = 0; i < counts.length; i++) sum += counts[i] * column[i];
    sums[c] = sum;
  }
}

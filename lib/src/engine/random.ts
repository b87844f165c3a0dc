/**
 * The counter-based generator behind dropout and uniform numbers: a pure function of (seed, step, site,
 * index), the same to the bit on every provider and after a resume. Plain JavaScript; the graph's half of
 * dropout is in trace/context.ts.
 *
 * A dropout mask over R x C elements needs only R + C random words. Element (i, j) is dropped if the 32-bit
 * product rows[i] * columns[j] of odd words is below the rate's threshold. Every product is uniform over the
 * odd numbers. Any three elements that do not share a pair of words are independent as far as
 * test/engine/random.test.ts can tell. JavaScript hashes the R + C words (microseconds); the graph does one
 * multiplication and one comparison per element.
 */

/** Which numbers a program needs at one call of dropout or uniform. */
export interface RandomSite {
  kind: 'dropout' | 'uniform';
  /** Counts the calls within one program from 0. */
  site: number;
  /** Number of elements. */
  size: number;
}

/** R and C with R * C = size, C the largest divisor up to the square root. */
export function nearSquare(size: number): [number, number] {
  for (let c = Math.floor(Math.sqrt(size)); c > 1; c--) if (size % c === 0) return [size / c, c];
  return [size, 1];
}

/** How many words a site is fed. */
export function wordCount({ kind, size }: RandomSite): number {
  const [rows, columns] = nearSquare(size);
  return kind === 'uniform' ? size : rows + columns;
}

/** Elements whose word is below this are dropped. */
export function dropThreshold(rate: number): number {
  return Math.min(2 ** 31 - 1, Math.round(rate * 2 ** 32) - 2 ** 31);
}

/**
 * Writes the site's words. For dropout: those of the rows, then those of the columns (odd). For uniform: one
 * of 24 bits per element.
 */
export function fillWords(target: Int32Array, { kind, site }: RandomSite, seed: number, step: number): void {
  const key = mix(mix(mix(seed | 0) + Math.imul(step, 0x9e3779b1)) + Math.imul(site + 1, 0x85ebca6b));
  if (kind === 'dropout')
    for (let i = 0; i < target.length; i++) target[i] = mix(key + Math.imul(i, 0x9e3779b9)) | 1;
  else for (let i = 0; i < target.length; i++) target[i] = mix(key + Math.imul(i, 0x9e3779b9)) >>> 8;
}

/** The dropout mask in JavaScript, 1 = kept: what the graph computes from the same words. */
export function dropoutMask(words: Int32Array, size: number, rate: number): Float32Array {
  const [rows, columns] = nearSquare(size);
  const threshold = dropThreshold(rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++)
      mask[i * columns + j] = Math.imul(words[i], words[rows + j]) >= threshold ? 1 : 0;
  }
  return mask;
}

/**
 * A 32-bit mixing function with low bias (constants found by search, published by C. Wellons and T.
 * Ettinger).
 */
function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0x735a2d97);
  return h ^ (h >>> 15);
}

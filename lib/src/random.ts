/**
 * A small seeded generator for work done in JavaScript: initial weights, negatives, shuffles, masks of words,
 * resampling. Not the generator of the compiled programs (engine/random), nor the authors' negatives
 * (MT19937, method 10.1).
 */

/** A seeded generator of numbers and shuffles. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform integer in 0..n-1. */
  integer(n: number): number;
  /** Standard normal (Box-Muller, both halves used). */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T;
  /** What `restore` takes to continue the very same stream, for stages that resume. */
  save(): number[];
  /** Goes back to where `save` was called. */
  restore(saved: readonly number[]): void;
}

/**
 * A generator: equal seeds give equal numbers on every machine. It is sfc32 (a 32-bit chaotic counter
 * generator), seeded by splitmix.
 * @example
 * ```ts
 * import { createRandom, sasrecBody, SASREC_DEFAULTS, sasrecTable } from 'elephant/models';
 * const options = { ...SASREC_DEFAULTS, items: 100, dim: 16 };
 * const random = createRandom(42);
 * const weights = { ...sasrecTable(options, random), ...sasrecBody(options, random) };
 * console.log(weights['item/table'].shape); // [101, 16]
 * ```
 */
export function createRandom(seed: number): Random {
  let state = Math.floor(seed) >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  const mix = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, counter] = [mix(), mix() ^ high, mix(), 1];
  let spare: number | undefined;

  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 16; i++) next();

  const random: Random = {
    uniform: () => next() / 2 ** 32,
    integer: (n) => Math.floor((next() / 2 ** 32) * n),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log((next() + 1) / 2 ** 32));
      const angle = (2 * Math.PI * next()) / 2 ** 32;
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(values) {
      for (let i = values.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        [values[i], values[j]] = [values[j], values[i]];
      }
      return values;
    },
    save: () => [a, b, c, counter, spare === undefined ? 0 : 1, spare ?? 0],
    restore(saved) {
      [a, b, c, counter] = saved;
      spare = saved[4] === 1 ? saved[5] : undefined;
    },
  };
  return random;
}

/**
 * Seeded random numbers of the simulation: one independent stream per (seed, label). Not for training or
 * NumPy-equal negatives (those have generators of their own).
 *
 * Generator: xoshiro128** (Blackman and Vigna, 2018), its 128 bits of state filled by SplitMix-style mixing
 * of the FNV-1a hash of "seed/label". Only integer operations, `+ - * /`, `Math.sqrt`, `Math.log` and
 * `Math.exp` are used. The first five are exact by the language's definition; log and exp might differ in the
 * last bit between engines, so everything drawn with them is rounded to float32, which hides such a
 * difference except with probability ~1e-8 per draw.
 */

export class Stream {
  private readonly state = new Uint32Array(4);
  private spare: number | undefined;

  /** Streams of different labels or seeds are independent for all purposes here; equal ones are equal. */
  constructor(seed: number, label: string) {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(`${seed}/${label}`, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
    for (let i = 0; i < 4; i++) {
      hash = (hash + 0x9e3779b9) | 0;
      let x = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
      this.state[i] = x ^ (x >>> 16);
    }
    if (this.state.every((word) => word === 0)) this.state[0] = 1;
    for (let i = 0; i < 16; i++) this.uint32();
  }

  /** The next 32 random bits, 0 .. 2^32 - 1. */
  uint32(): number {
    const s = this.state;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform on [0, 1) with 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** Uniform integer 0 .. n - 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal, rounded to float32 (Marsaglia's polar method). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const r = x * x + y * y;
      if (r >= 1 || r === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(r)) / r);
      this.spare = Math.fround(y * scale);
      return Math.fround(x * scale);
    }
  }

  /** `n` independent standard normals. */
  normals(n: number): Float32Array {
    return Float32Array.from({ length: n }, () => this.normal());
  }

  /** Poisson with mean `mean` (Knuth's product of uniforms; for small means). */
  poisson(mean: number): number {
    const limit = Math.fround(Math.exp(-mean));
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    return count;
  }

  /** A point of the simplex from a symmetric Dirichlet: `n` shares that sum to 1. */
  dirichlet(n: number, concentration: number): Float64Array {
    const shares = Float64Array.from({ length: n }, () => this.gamma(concentration));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return shares.map((share) => share / total);
  }

  /** An index drawn in proportion to `weights` (non-negative, not all zero). */
  choose(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i];
    let rest = this.uniform() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] <= 0) continue;
      last = i;
      rest -= weights[i];
      if (rest < 0) return i;
    }
    return last; // the sum was rounded up by less than one last bit
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(array: T[]): T[] {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [array[i], array[j]] = [array[j], array[i]];
    }
    return array;
  }

  /**
   * Gamma(shape, 1), rounded to float32 (Marsaglia and Tsang, 2000; shapes below 1 by the usual power of a
   * uniform).
   */
  private gamma(shape: number): number {
    if (shape < 1) {
      const boost = Math.exp(Math.log(1 - this.uniform()) / shape);
      return Math.fround(this.gamma(shape + 1) * boost);
    }
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v))
        return Math.fround(d * v);
    }
  }
}

/** Zipf weights 1, 1/2, 1/3, ... */
export function zipf(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, rank) => 1 / (rank + 1));
}

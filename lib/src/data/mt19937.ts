/**
 * Mersenne Twister MT19937 as in NumPy's legacy generator (`numpy.random.seed`, `numpy.random.randint`), bit
 * for bit. The evaluation negatives of the paper's code come from it (method 10.1), and our shuffles use it
 * as well. Not for cryptography.
 */
const N = 624;
const M = 397;

/**
 * NumPy's legacy generator, bit for bit. Not for cryptography.
 * @example
 * ```ts
 * import { MT19937 } from 'elephant/data';
 * console.log(new MT19937(98765).below(100)); // as numpy.random.seed(98765); numpy.random.randint(100)
 * ```
 */
export class MT19937 {
  private readonly state = new Uint32Array(N);
  private index = N;

  /** @param seed integer; its low 32 bits are used, as `numpy.random.seed` does for an integer. */
  constructor(seed: number) {
    const state = this.state;
    state[0] = seed >>> 0;
    for (let i = 1; i < N; i++) {
      const previous = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** The next 32-bit output, 0 .. 2^32 - 1. */
  nextUint32(): number {
    if (this.index === N) this.refill();
    let y = this.state[this.index++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /**
   * Uniform integer in 0 .. n - 1, as `numpy.random.randint(n)`: lowest bits under the smallest mask that
   * covers n - 1, rejecting what lies above. n = 1 consumes no output.
   */
  below(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 0x100000000))
      throw new RangeError(`MT19937.below: expected 1 <= n <= 2^32, got ${n}`);
    const largest = n - 1;
    if (largest === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(largest);
    for (;;) {
      const value = (this.nextUint32() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }

  /** Uniform number in [0, 1) with 53 random bits, as `numpy.random.random_sample()`. */
  random(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  private refill(): void {
    const state = this.state;
    for (let i = 0; i < N; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.index = 0;
  }
}

/** Made-up weights and data of the benchmarks and of the engine's tests, by seed. */
import type { HostTensor } from '../../lib/src/engine/types';

/** A small generator of numbers in [0, 1), for made-up data only. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function filled(shape: number[], next: () => number): HostTensor {
  return {
    shape,
    dtype: 'float32',
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next),
  };
}

export function normal(shape: number[], scale: number, random: () => number): HostTensor {
  return filled(
    shape,
    () => scale * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

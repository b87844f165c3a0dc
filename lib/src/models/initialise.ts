/**
 * Initial weights as PyTorch's defaults and the authors' initialisers draw them (method 7.2, 8.1), from one
 * seeded stream. The distributions are equal, the numbers are not.
 */
import type { HostTensor } from '../engine/types';
import type { Random } from '../random';

function filled(shape: readonly number[], draw: () => number): HostTensor {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = draw();
  return { shape: [...shape], dtype: 'float32', data };
}

/** The same number everywhere. */
export function constant(shape: readonly number[], value: number): HostTensor {
  return filled(shape, () => value);
}

export function normal(random: Random, shape: readonly number[], std: number): HostTensor {
  return filled(shape, () => std * random.normal());
}

/** Uniform in [-bound, bound). */
export function uniform(random: Random, shape: readonly number[], bound: number): HostTensor {
  return filled(shape, () => bound * (2 * random.uniform() - 1));
}

/**
 * Xavier-normal: std = sqrt(2 / (fanIn + fanOut)). The fans follow from the shape unless given (for a packed
 * matrix).
 */
export function xavierNormal(
  random: Random,
  shape: readonly [number, number],
  fans: number = shape[0] + shape[1],
): HostTensor {
  return normal(random, shape, Math.sqrt(2 / fans));
}

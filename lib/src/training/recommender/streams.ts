/**
 * Random streams of a training run: one per epoch and purpose, all from the run's seed. A run that resumes at
 * an epoch draws the same numbers as one that never stopped, without saving any generator.
 */
import { createRandom, type Random } from '../../random';

const PURPOSES = { weights: 0, users: 1, negatives: 2, cloze: 3 } as const;

/** The stream for `purpose` in `epoch` (from 0). Seeds below 2^32. */
export function stream(seed: number, purpose: keyof typeof PURPOSES, epoch = 0): Random {
  return createRandom(seed + (epoch * 4 + PURPOSES[purpose]) * 2 ** 32);
}

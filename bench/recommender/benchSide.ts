/** What `bench sequential` measures of ours and of the peer alike. */
import type { Metrics, Protocol } from '../../lib/src/evaluation';
import { median } from '../median';

export interface BenchSide {
  /**
   * Median over the epochs but the first, in which programs are compiled and memory is touched first; when
   * quick, from steps.
   */
  secondsPerEpoch: number;
  /** Of training and validation; when quick, of training alone. */
  peakMemoryMiB: number;
  /** Absent when quick. */
  firstEpochSeconds?: number;
  validationSeconds?: number;
  /** Validation NDCG@10 after each epoch, by the protocol that selects. */
  validation?: number[];
  test?: Record<Protocol, Metrics>;
}

/** From the seconds of each epoch's training and validation. */
export function sideTimes(
  train: readonly number[],
  validation: readonly number[],
): Pick<BenchSide, 'secondsPerEpoch' | 'firstEpochSeconds' | 'validationSeconds'> {
  return {
    secondsPerEpoch: median(train.length > 1 ? train.slice(1) : train),
    firstEpochSeconds: train[0],
    validationSeconds: median(validation),
  };
}

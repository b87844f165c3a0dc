/**
 * `bench side-by-side`: two trainings at once, one thread each, against the same two one after another, one
 * thread. What trainInParallel gains on this machine.
 */
import type { Dataset } from '../../lib/src/data';
import type { RecommenderOptions } from '../../lib/src/training/recommender/options';
import type { RunRequest } from '../../lib/src/training/recommender/runWorker';
import { type FailedRun, trainInParallel } from '../../lib/src/training/recommender/trainInParallel';
import type { RecommenderResult } from '../../lib/src/training/recommender/trainRecommender';
import { median } from '../median';

export interface SideBySide {
  /**
   * Seconds of both trainings' epochs (updates and validations, no start of processes and no compiling),
   * medians over the rounds.
   */
  oneAfterAnother: number;
  sideBySide: number;
  /** One after another over side by side: 2 is all that two cores can give. */
  gain: number;
}

export async function benchSideBySide(
  dataset: Dataset,
  {
    options,
    epochs = 3,
    rounds = 3,
    onProgress,
    signal,
  }: {
    options?: Partial<RecommenderOptions>;
    epochs?: number;
    rounds?: number;
    onProgress?: (line: string) => void;
    signal?: AbortSignal;
  } = {},
): Promise<SideBySide> {
  const requests: RunRequest[] = [1, 2].map((seed) => ({
    model: 'sasrec',
    loss: 'ce',
    dim: 64,
    dropout: 0.2,
    userSampling: 'shuffled',
    ...options,
    dataset,
    seed,
    threads: 1,
    epochs: epochs + 1,
    patience: epochs + 1,
  }));
  const [alone, together]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const one = (await trainInParallel(requests, { processes: 1, signal })).map(seconds);
    const two = (await trainInParallel(requests, { processes: 2, signal })).map(seconds);
    alone.push(one[0] + one[1]);
    together.push(Math.max(...two));
    onProgress?.(
      `round ${round + 1}/${rounds}: ${alone[round].toFixed(1)} s one after another, ` +
        `${together[round].toFixed(1)} s side by side`,
    );
  }
  const [oneAfterAnother, sideBySide] = [median(alone), median(together)];
  return { oneAfterAnother, sideBySide, gain: oneAfterAnother / sideBySide };
}

/** Of all epochs but the first, in which programs are compiled. */
function seconds(result: RecommenderResult | FailedRun): number {
  if ('failed' in result) throw new Error(`bench side-by-side: a training failed: ${result.failed}`);
  return result.log
    .slice(1)
    .reduce((sum, { trainSeconds, validationSeconds }) => sum + trainSeconds + validationSeconds, 0);
}

/**
 * `elephant train` with one learning rate and one seed: it trains in this process and prints progress with
 * the time left, and test metrics.
 */
import { availableParallelism } from 'node:os';
import type { RecommenderOptions, TrainRecommender } from '../../training/recommender';
import { duration } from '../../duration';
import type { ProgressLine } from '../progress';
import type { Trained } from './trained';

/** `effective`: all options of the request. `threads`: undefined takes as many as help. */
export async function trainOne(
  request: TrainRecommender,
  effective: RecommenderOptions,
  threads: number | undefined,
  line: ProgressLine,
): Promise<Trained> {
  const { trainRecommender } = await import('../../training/recommender');
  const { usefulThreads } = await import('../../training/recommender/usefulThreads');
  const result = await trainRecommender({
    ...request,
    threads: threads ?? usefulThreads(effective, availableParallelism()),
    onWarning: (warning) => line.print(warning),
    onProgress: (p) => {
      const validated = p.metric === undefined ? '' : `, validation NDCG@10 ${p.metric.toFixed(4)}`;
      const best = p.bestEpoch > 0 ? `, best ${p.bestMetric.toFixed(4)} (epoch ${p.bestEpoch})` : '';
      const left = Number.isFinite(p.timeLeft) ? `, at most ${duration(p.timeLeft)} left` : '';
      line.update(
        `epoch ${p.epoch}/${p.epochs}, step ${p.step}/${p.steps}, loss ` +
          `${p.loss.toFixed(4)}${validated}${best}${left}`,
        p.metric !== undefined,
      );
    },
  });
  const {
    engine,
    epochs,
    bestEpoch,
    stopped,
    secondsPerEpoch,
    peakMemoryMiB,
    evaluation,
    options,
    againstBaselines,
    test: { full, sampled, fullMasked },
  } = result;
  line.print(
    `${engine}; ${epochs} epochs (best ${bestEpoch}, stopped by ${stopped}), ` +
      `${secondsPerEpoch.toFixed(2)} s per epoch, peak memory ${Math.round(peakMemoryMiB)} MiB, users ` +
      `with ties (full): ${evaluation.tiedUsers.full}`,
  );
  return {
    test: { full, sampled, fullMasked },
    heading: '',
    summary: { epochs, bestEpoch, secondsPerEpoch, peakMemoryMiB, againstBaselines, options },
    complete: true,
    recommender: result,
  };
}

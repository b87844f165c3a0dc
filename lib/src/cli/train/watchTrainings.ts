/**
 * Progress of trainings side by side: one line for all running trainings, and a permanent line when one ends.
 */
import type { FailedRun, ParallelOptions, RecommenderResult } from '../../training/recommender';
import type { TrainingProgress } from '../../training/trainer';
import { duration } from '../../duration';
import type { ProgressLine } from '../progress';

export interface Watched {
  /** Names of the trainings, in their order. */
  names: readonly string[];
  /** Trainings of the same size that follow. */
  later: number;
  processes: number;
  line: ProgressLine;
}

/** The requests and callbacks for trainInParallel. */
export function watch({
  names,
  later,
  processes,
  line,
}: Watched): Pick<ParallelOptions, 'processes' | 'onProgress' | 'onResult'> {
  const ended = new Set<number>();
  let latest: readonly (TrainingProgress | undefined)[] = [];
  return {
    processes,
    onProgress: (runs, finished) => {
      const first = latest.length === 0;
      latest = runs;
      if (finished === names.length) return;
      const underWay = runs.flatMap((run, i) => {
        if (run === undefined || ended.has(i)) return [];
        const { epoch, epochs, bestEpoch, bestMetric } = run;
        const best = bestEpoch > 0 ? `, best ${bestMetric.toFixed(4)} (epoch ${bestEpoch})` : '';
        return [`${names[i]} epoch ${epoch}/${epochs}${best}`];
      });
      const left = timeLeft(runs, ended, later, processes);
      line.update(
        [
          `${finished}/${names.length} ` +
            `trained${Number.isFinite(left) ? `, at most ${duration(left)} left` : ''}`,
          ...underWay,
        ].join('; '),
        first,
      );
    },
    onResult: (i, result) => {
      ended.add(i);
      line.print(`${names[i]}: ${'failed' in result ? failure(result) : inWords(result)}`);
      if ('failed' in result && result.stack !== undefined) line.print(result.stack);
    },
  };
}

export function failure({ failed, diverged }: FailedRun): string {
  return diverged ? 'diverged' : `failed, ${failed}`;
}

function inWords({
  validation,
  options,
  bestEpoch,
  epochs,
  stopped,
  secondsPerEpoch,
}: RecommenderResult): string {
  return (
    `validation NDCG@10 ${validation[options.selection]['NDCG@10'].toFixed(4)}, ${epochs} epochs (best ` +
    `${bestEpoch}, stopped by ${stopped}), ${secondsPerEpoch.toFixed(2)} s per epoch`
  );
}

/**
 * Seconds if all epochs are run: the remaining time of running trainings, and the mean of these for each that
 * has not begun; NaN before any has reported.
 */
function timeLeft(
  runs: readonly (TrainingProgress | undefined)[],
  ended: ReadonlySet<number>,
  later: number,
  processes: number,
): number {
  const begun = runs.flatMap((run, i) =>
    run === undefined ? [] : [{ spent: run.seconds, left: ended.has(i) ? 0 : run.timeLeft }],
  );
  const left = begun.reduce((sum, run) => sum + run.left, 0);
  const whole = begun.reduce((sum, run) => sum + run.spent + run.left, 0) / begun.length;
  const waiting = runs.length - begun.length + later;
  return Math.max(...begun.map((run) => run.left), (left + waiting * whole) / processes);
}

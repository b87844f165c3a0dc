/**
 * A chart of a training that is updated in place: loss and validation NDCG@10 per epoch. The final chart
 * depends on the result alone: no seconds, nothing about the machine.
 */
import { selectionMetric } from '../../evaluation/validationMetrics';
import type { RecommenderResult } from '../../training/recommender';
import type { TrainingProgress } from '../../training/trainer';
import { display, inNotebook } from './display';
import { visible } from './escape';
import { every } from './every';
import { lineChart } from './lineChart';
import { roughly } from '../../duration';
import { svgPng } from './svgPng';
import { untilInterrupted } from './untilInterrupted';

/** The options of `trainRecommender` to watch it, and to stop it with the cell. */
export interface WatchedTraining {
  readonly onProgress: (progress: TrainingProgress) => void;
  readonly signal: AbortSignal;
}

/** The part of a training's result that is read. */
type Trained = Pick<RecommenderResult, 'options' | 'log' | 'bestEpoch'>;

/** One epoch: mean loss (so far, while it runs), and validation NDCG@10 as a share of 1. */
interface Epoch {
  readonly epoch: number;
  readonly loss: number | null;
  readonly validation?: number;
}

const INTERVAL_MS = 500;

/** Draws the progress of `work`, then returns its result. Interrupting the cell aborts the signal. */
export async function training<T extends Trained>(
  title: string,
  work: (watching: WatchedTraining) => Promise<T>,
): Promise<T> {
  const seen = new Map<number, Epoch>();
  let best = 0;
  const now = (words: string): Record<string, string> => {
    const { svg, plain } = drawn(title, words, [...seen.values()], best);
    // Inside HTML it is drawn at once; as a picture it would flicker.
    return { 'text/html': svg, 'text/plain': plain };
  };
  const handle = display(now('starting'));
  const due = every(INTERVAL_MS);
  return untilInterrupted(async (signal) => {
    signal.addEventListener('abort', () => handle.update(now('interrupted')));
    try {
      const result = await work({
        signal,
        onProgress: ({ epoch, epochs, loss, metric, bestEpoch, timeLeft }) => {
          seen.set(epoch, { epoch, loss, validation: metric });
          best = bestEpoch;
          if (!inNotebook() || signal.aborted || !due()) return;
          const left = Number.isFinite(timeLeft) ? `, ${roughly(timeLeft)} left if all are run` : '';
          handle.update(now(`epoch ${epoch} of at most ${epochs}${left}`));
        },
      });
      handle.update(await final(title, result));
      return result;
    } catch (error) {
      if (!signal.aborted) handle.update(now('failed'));
      throw error;
    }
  });
}

async function final(title: string, { options, log, bestEpoch }: Trained): Promise<Record<string, string>> {
  const epochs = log.map(({ epoch, loss, metrics }) => ({
    epoch,
    loss,
    validation: metrics[selectionMetric(options.selection)],
  }));
  const value = epochs.find(({ epoch }) => epoch === bestEpoch)?.validation ?? NaN;
  const count = Math.max(0, ...epochs.map(({ epoch }) => epoch));
  const words =
    `${count} epoch${count === 1 ? '' : 's'}; best validation NDCG@10 ${(100 * value).toFixed(1)} % ` +
    `after epoch ${bestEpoch}, marked`;
  const { svg, plain } = drawn(title, words, epochs, bestEpoch);
  return { 'image/svg+xml': svg, ...(await svgPng(svg)), 'text/plain': plain };
}

function drawn(
  title: string,
  note: string,
  epochs: readonly Epoch[],
  best: number,
): { svg: string; plain: string } {
  const plain = visible(`${title}: ${note}`);
  const panel = { x: 'epoch', marked: epochs.some(({ epoch }) => epoch === best) ? best : undefined };
  const svg = lineChart({
    title,
    note,
    alt: `Training loss and validation NDCG@10 by epoch. ${plain}`,
    panels: [
      { ...panel, y: 'training loss', points: epochs.map(({ epoch, loss }) => [epoch, loss]) },
      {
        ...panel,
        y: 'validation NDCG@10 (%)',
        points: epochs.map(({ epoch, validation }) => [
          epoch,
          validation === undefined ? undefined : 100 * validation,
        ]),
      },
    ],
  });
  return { svg, plain };
}

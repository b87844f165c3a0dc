/**
 * A worker process that trains recommenders, one at a time: request in, progress and result out over the
 * process channel.
 */
import { endWithParent, sendToParent } from '../../endWithParent';
import { NonFiniteError } from '../../engine/errors';
import { InputError } from '../../errors';
import type { LossName } from '../losses';
import type { TrainingProgress } from '../trainer';
import type { FailedRun } from './trainInParallel';
import { type RecommenderResult, type TrainRecommender, trainRecommender } from './trainRecommender';

/** A request that can be sent to another process: no functions, no signal, no engine, no loss object. */
export type RunRequest = Omit<TrainRecommender, 'engine' | 'loss' | 'onProgress' | 'onWarning' | 'signal'> & {
  loss?: LossName;
};

export type FromRunWorker =
  | { type: 'progress'; progress: TrainingProgress }
  | { type: 'done'; result: RecommenderResult }
  | { type: 'failed'; result: FailedRun };

/** Shortest time between two reports of progress, except at the ends of epochs. */
const INTERVAL_MS = 200;

async function handle(request: RunRequest): Promise<void> {
  const send = (answer: FromRunWorker): void => sendToParent(answer);
  let last = 0;
  try {
    const result = await trainRecommender({
      ...request,
      // The caller reads them from the result (againstBaselines).
      onWarning: () => undefined,
      onProgress(progress) {
        const now = performance.now();
        if (progress.metric === undefined && now - last < INTERVAL_MS) return;
        last = now;
        send({ type: 'progress', progress });
      },
    });
    send({ type: 'done', result });
  } catch (error) {
    send({ type: 'failed', result: failedRun(error) });
  }
}

function failedRun(thrown: unknown): FailedRun {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const diverged = error instanceof NonFiniteError;
  const expected = diverged || error instanceof InputError;
  return { failed: error.message, diverged, ...(!expected && { stack: error.stack }) };
}

if (process.send !== undefined) {
  endWithParent();
  process.on('SIGINT', () => undefined); // The parent decides; Ctrl-C reaches the whole process group.
  process.on('message', (request: RunRequest) => void handle(request));
}

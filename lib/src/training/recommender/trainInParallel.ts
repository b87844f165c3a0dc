/**
 * Several trainings side by side, each in a process of its own with one thread. Small models gain more from
 * that than from threads inside one product. Results come in the order of the requests and equal those of
 * training one after another.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { InputError, requireKnownOptions } from '../../errors';
import { untilInterrupted } from '../../interruption';
import type { TrainingProgress } from '../trainer';
import type { FromRunWorker, RunRequest } from './runWorker';
import type { RecommenderResult } from './trainRecommender';

/** How trainings run side by side. */
export interface ParallelOptions {
  /** The number of cores by default. */
  processes?: number;
  /** The latest progress of every run; undefined before it begins. */
  onProgress?: (runs: readonly (TrainingProgress | undefined)[], finished: number) => void;
  /**
   * Called as each run ends, before all have, to keep results early. An error that it throws ends the
   * whole call.
   */
  onResult?: (index: number, result: RecommenderResult | FailedRun) => void;
  /** Interrupting a notebook's cell ends the trainings with or without it. */
  signal?: AbortSignal;
}

export const PARALLEL_OPTIONS = { processes: true, onProgress: true, onResult: true, signal: true } as const;

/** A run that ended without a result. */
export interface FailedRun {
  failed: string;
  /** The loss was no longer finite: the learning rate is too high for this model. */
  diverged: boolean;
  /** Where in the code. Absent if that is not at fault: wrong input, a diverged loss, a killed process. */
  stack?: string;
}

/**
 * Trains all requests side by side, each in a process of one thread. A run that fails does not stop the
 * others. The results are in the order of the requests, and equal those of training one after another.
 * @throws the signal's reason when aborted, after all processes have ended; InputError for an unknown option,
 * and for a loss object, which cannot be sent to another process.
 * @example
 * ```ts
 * import { readOwn, trainInParallel } from 'elephant';
 * const dataset = await readOwn('examples/shop');
 * const request = { dataset, model: 'sasrec', loss: 'ce', dim: 16, epochs: 5 } as const;
 * for (const run of await trainInParallel([1, 2].map((seed) => ({ ...request, seed }))))
 *   console.log('failed' in run ? run.failed : run.test.full['NDCG@10']);
 * ```
 */
export async function trainInParallel(
  requests: readonly RunRequest[],
  options: ParallelOptions = {},
): Promise<(RecommenderResult | FailedRun)[]> {
  requireKnownOptions('train in parallel', options, PARALLEL_OPTIONS);
  const { processes = availableParallelism(), onProgress, onResult } = options;
  const signal = untilInterrupted(options.signal);
  if (requests.some(({ loss }) => typeof loss === 'object'))
    throw new InputError(
      'train in parallel',
      'expected the name of a loss, got an object, whose functions cannot be sent to another process',
      'Train with trainRecommender, one after another',
    );
  const results: (RecommenderResult | FailedRun)[] = [];
  const progress: (TrainingProgress | undefined)[] = requests.map(() => undefined);
  const workers = new Set<ChildProcess>();
  let next = 0;
  let finished = 0;

  const work = async (): Promise<void> => {
    if (next >= requests.length || signal.aborted) return;
    const worker = startRunWorker();
    workers.add(worker);
    try {
      while (next < requests.length && worker.connected) {
        const index = next++;
        results[index] = await runIn(worker, { threads: 1, ...requests[index] }, (latest) => {
          progress[index] = latest;
          onProgress?.(progress, finished);
        });
        if (signal.aborted) return;
        finished++;
        onResult?.(index, results[index]);
        onProgress?.(progress, finished);
      }
    } finally {
      workers.delete(worker);
      worker.kill('SIGKILL');
    }
    // A worker that died took its run with it; another one takes the remaining runs.
    await work();
  };

  const atOnce = Math.max(1, Math.min(processes, requests.length));
  await unlessAborted(
    signal,
    () => Promise.all(Array.from({ length: atOnce }, work)),
    () => workers.forEach((worker) => worker.kill('SIGKILL')),
  );
  return results;
}

/** Waits for `work`, but not once the signal is aborted. `stop` is called in any case. @throws its reason. */
async function unlessAborted(
  signal: AbortSignal,
  work: () => Promise<unknown>,
  stop: () => void,
): Promise<void> {
  signal.throwIfAborted();
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => {
      reject(signal.reason);
      stop();
    };
  });
  aborted.catch(() => undefined);
  signal.addEventListener('abort', end);
  try {
    await Promise.race([aborted, work()]);
  } finally {
    signal.removeEventListener('abort', end);
    stop();
  }
}

/** A process that takes run requests; its output goes to ours. */
export function startRunWorker(): ChildProcess {
  // Compiled like this file, or with what lets node run TypeScript among the options that a fork inherits.
  return fork(join(__dirname, `runWorker${extname(__filename)}`), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** One run in a worker; never rejects. */
export function runIn(
  worker: ChildProcess,
  request: RunRequest,
  onProgress: (progress: TrainingProgress) => void,
): Promise<RecommenderResult | FailedRun> {
  return new Promise((resolve) => {
    const end = (result: RecommenderResult | FailedRun): void => {
      worker.off('message', receive);
      worker.off('exit', died);
      resolve(result);
    };
    const died = (code: number | null, killedBy: string | null): void =>
      end({ failed: `its process ended (${killedBy ?? `exit code ${code}`})`, diverged: false });
    const receive = (message: FromRunWorker): void => {
      if (message.type === 'progress') onProgress(message.progress);
      else end(message.result);
    };
    worker.on('message', receive);
    worker.on('exit', died);
    worker.send(request);
  });
}

/**
 * A worker process: takes one stage at a time from the runner, reads its inputs from the store, computes,
 * writes the result into the store. Long-lived, so that the stages it runs share compiled programs.
 */
import { endWithParent, sendToParent } from '../endWithParent';
import { DeviceError } from '../engine/providers/deviceError';
import { InputError } from '../errors';
import { MissingInput, runStage } from './runStage';
import { Store } from './store';
import type { StageNode } from './stage';
import { concernsAll } from './storeProblem';

export type ToWorker = { type: 'run'; node: StageNode; storeFolder: string };
export type FromWorker =
  | { type: 'progress'; share: number; message: string }
  | { type: 'done'; seconds: number; residentBytes: number }
  | { type: 'missing'; key: string }
  | { type: 'failed'; message: string; stack: string; stops: boolean };

const controller = new AbortController();

endWithParent();
process.on('SIGINT', () => undefined); // The runner decides; Ctrl-C reaches the whole process group.
process.on('message', (message: ToWorker) => void handle(message));

async function handle({ node, storeFolder }: ToWorker): Promise<void> {
  const send = (answer: FromWorker): void => sendToParent(answer);
  try {
    const seconds = await runStage(node, new Store(storeFolder), {
      signal: controller.signal,
      progress: (share, message) => send({ type: 'progress', share, message }),
    });
    send({ type: 'done', seconds, residentBytes: process.memoryUsage.rss() });
  } catch (error) {
    if (error instanceof MissingInput) return send({ type: 'missing', key: error.input.key });
    const failure = error instanceof Error ? error : new Error(String(error));
    send({
      type: 'failed',
      message: failure.message,
      stack: error instanceof InputError ? failure.message : (failure.stack ?? failure.message),
      // A card that failed would fail the stages that are left on it too.
      stops: concernsAll(error) || error instanceof DeviceError,
    });
  }
}

/**
 * Runs cells one by one, and treats the cells after a failed one as Jupyter's own kernel does. Cells that
 * were already waiting are aborted ("Run All"); cells sent after the failure was reported are run. tslab
 * itself drops whatever arrives within 200 ms of the failure.
 */
import type { ExecuteReply, ExecuteRequest } from './tslab';

/**
 * A failure is reported after this delay, so that requests sent before it have arrived: while a cell computes
 * without a pause, requests wait in ZeroMQ.
 */
const ARRIVAL_MS = 100;

export type CellQueue = (request: ExecuteRequest, run: () => Promise<ExecuteReply>) => Promise<ExecuteReply>;

export function cellQueue(): CellQueue {
  let failures = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (request, run) => {
    const before = failures;
    const reply = last.then(async (): Promise<ExecuteReply> => {
      if (failures > before) return { status: 'aborted' };
      const result = await run();
      if (result.status === 'error' && request.stop_on_error !== false) {
        await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
        failures++;
      }
      return result;
    });
    last = reply;
    return reply;
  };
}

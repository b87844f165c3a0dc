/** The process of timeSteps: one request in, one answer out, over the process channel. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type TimedSteps, timeSteps, type TimedStepsRequest } from './timedSteps';

type Answer = { done: TimedSteps } | { failed: string };

/** timeSteps in a process of its own. */
export function timeStepsApart(request: TimedStepsRequest, signal?: AbortSignal): Promise<TimedSteps> {
  return new Promise((resolve, reject) => {
    const worker = fork(__filename, ['time'], {
      execArgv: ['-r', join(__dirname, '../register.cjs')],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    });
    worker.on('error', reject);
    worker.on('exit', (code, killedBy) =>
      reject(new Error(`bench: our process ended (${killedBy ?? `exit code ${code}`})`)),
    );
    worker.on('message', (answer: Answer) => {
      if ('done' in answer) resolve(answer.done);
      else reject(new Error(`bench: our run failed: ${answer.failed}`));
      worker.kill('SIGKILL');
    });
    worker.send(request);
  });
}

if (process.send !== undefined && process.argv[2] === 'time') {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (request: TimedStepsRequest) => {
    const send = (answer: Answer): void => void process.send?.(answer);
    timeSteps(request).then(
      (done) => send({ done }),
      (error: Error) => send({ failed: error.stack ?? error.message }),
    );
  });
}

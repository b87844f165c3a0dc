/**
 * The kernel process: tslab's kernel, started on a connection file given as the only argument. JupyterLab
 * (through the kernel specification of `elephant lab`) and the headless runner both start this file, so both
 * run the same kernel.
 *
 * Started by the headless runner it has an IPC channel besides, on which it tells what the Jupyter protocol
 * cannot: a promise that was rejected with nobody waiting, an exception thrown outside a cell's call, and
 * with the number of the cell that started it. It ends when the process that started it is gone. Not imported
 * by anything.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import { interruptCell } from '../../interruption';
import '../../privacy';
import { cellFile, describeCellError, type CellCode } from './cellErrors';
import { tslabJupyter, tslabMain, tslabZeromq } from './tslab';

export type FromKernel =
  { type: 'stray'; kind: 'rejection' | 'exception'; execution: number; stack: string } | { type: 'settled' };

export type ToKernel = { type: 'settle'; milliseconds: number };

/** How often it is looked whether the starting process is still there. */
const PARENT_MS = 1000;

/** How often the timers are looked at while settling. */
const POLL_MS = 20;

const executions = new AsyncLocalStorage<number>();
let started = 0;
/** Code of all executions, since a cell may call a function of an earlier one. */
const codes = new Map<number, CellCode>();

function followExecutions(): void {
  const { prototype } = tslabJupyter().JupyterHandlerImpl;
  const execute = prototype.handleExecuteImpl;
  prototype.handleExecuteImpl = function (this: unknown, request, ...rest): Promise<unknown> {
    started++;
    codes.set(started, { source: request.code, compiled: '' });
    return executions.run(started, () => execute.call(this, request, ...rest));
  };
}

/** Gives each cell's code a name of its own in stacks, and prints an error as describeCellError says. */
function shortenErrors(): void {
  const run = vm.runInThisContext;
  vm.runInThisContext = (code, options) => {
    const execution = executions.getStore();
    const own = execution === undefined ? undefined : codes.get(execution);
    if (execution === undefined || own === undefined || own.compiled !== '' || typeof options !== 'object')
      return run(code, options);
    codes.set(execution, { ...own, compiled: code });
    return run(code, { ...options, filename: cellFile(execution) });
  };
  const print = console.error.bind(console);
  console.error = (...args: unknown[]): void => {
    if (args.length === 1 && args[0] instanceof Error)
      print(describeCellError(args[0], codes, executions.getStore() ?? started));
    else print(...args);
  };
}

/**
 * A cell may print faster than its output is taken: ZeroMQ would drop what is beyond 1,000 messages
 * (high-water mark), and its Node binding refuses the 513th of one turn of the event loop (unless the
 * time-out is 0: sent at once or not at all).
 */
function keepAllMessages(): void {
  const { prototype } = tslabJupyter().ZmqServer;
  const bind = prototype.bindSocket;
  prototype.bindSocket = function (this: unknown, socket, port): Promise<void> {
    socket.sendHighWaterMark = 0;
    socket.sendTimeout = 0;
    return bind.call(this, socket, port);
  };
}

/**
 * tslab begins to receive before its sockets are bound. A client that is already waiting is then heard while
 * others still bind, and such a socket refuses to send or receive: the kernel stays silent for ever. So
 * nothing is received before all are bound; what comes earlier waits in ZeroMQ.
 */
function receiveOnceBound(): void {
  const { prototype } = tslabJupyter().ZmqServer;
  const init = prototype.init;
  let allBound = (): void => undefined;
  const bound = new Promise<void>((resolve) => void (allBound = resolve));
  prototype.init = function (this: unknown): Promise<void> {
    return init.call(this).then(allBound);
  };
  const sockets = tslabZeromq().Socket.prototype;
  const iterator = sockets[Symbol.asyncIterator];
  sockets[Symbol.asyncIterator] = function (this: unknown): AsyncIterator<unknown> {
    const messages = iterator.call(this);
    return { next: () => bound.then(() => messages.next()) };
  };
}

function reportStrays(): void {
  const report =
    (kind: 'rejection' | 'exception') =>
    (reason: unknown): void => {
      const stack = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
      send({ type: 'stray', kind, execution: executions.getStore() ?? started, stack });
    };
  process.on('unhandledRejection', report('rejection'));
  process.on('uncaughtException', report('exception'));
}

function answerRunner(): void {
  const idle = timers();
  process.on('disconnect', () => process.exit(1));
  process.on('message', ({ milliseconds }: ToKernel) => {
    const deadline = performance.now() + milliseconds;
    const poll = (): void => {
      // The poll's own timer has fired, so it is not counted.
      if (timers() <= idle || performance.now() > deadline) send({ type: 'settled' });
      else setTimeout(poll, POLL_MS);
    };
    setTimeout(poll, POLL_MS);
  });
}

/** A kernel whose JupyterLab was killed would stay for ever: tslab does not notice. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(1), PARENT_MS).unref();
}

/** Timers that are pending. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;
}

function send(message: FromKernel): void {
  process.send?.(message);
}

followExecutions();
shortenErrors();
keepAllMessages();
receiveOnceBound();
endWithParent();
process.on('SIGINT', interruptCell);
if (process.send !== undefined) {
  reportStrays();
  answerRunner();
}
tslabMain().startKernel({ configPath: process.argv[2], enableFindLocal: false, globalVersion: '' });

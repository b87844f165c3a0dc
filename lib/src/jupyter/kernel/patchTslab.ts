/**
 * All our changes to tslab and its dependencies. The patches depend on tslab's internals, so they are for one
 * version only.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import { packageVersion } from '../../project';
import { cellFile, describeCellError, type CellCode } from './cellErrors';
import { cellQueue } from './cellQueue';
import { editTslab } from './editTslab';
import { calledAt, printQuickInfo } from './inspection';
import { tslabInspect, tslabJupyter, tslabZeromq, type ExecuteError, type ExecutionCount } from './tslab';

const VERSION = '1.0.22';

const executions = new AsyncLocalStorage<number>();
let started = 0;
/** Code of all executions, since a cell may call a function of an earlier one. */
const codes = new Map<number, CellCode>();
/** What the running cell threw; undefined while it runs, and if it does not compile. */
let thrown: Error | undefined;

/** Knows which cell's code is running, including callbacks that it started. */
function followExecutions(): void {
  const { prototype } = tslabJupyter().JupyterHandlerImpl;
  const execute = prototype.handleExecuteImpl;
  prototype.handleExecuteImpl = function (this: unknown, request, ...rest): ReturnType<typeof execute> {
    started++;
    codes.set(started, { source: request.code, compiled: '' });
    return executions.run(started, () => execute.call(this, request, ...rest));
  };
}

/** Replaces tslab's queue of cells, and reports why one failed. */
function queueCells(): void {
  const { prototype } = tslabJupyter().JupyterHandlerImpl;
  const queue = cellQueue();
  prototype.handleExecute = function (this: typeof prototype, request, ...rest) {
    return queue(request, async () => {
      thrown = undefined;
      try {
        const { count } = await this.handleExecuteImpl(request, ...rest);
        return { status: 'ok', execution_count: count };
      } catch (failure) {
        if (failure instanceof Error) console.error(failure);
        const { count } = failure as ExecutionCount;
        return { status: 'error', execution_count: count, ...whyFailed() };
      }
    });
  };
}

function whyFailed(): Pick<ExecuteError, 'ename' | 'evalue' | 'traceback'> {
  const { name, message } = thrown ?? { name: 'Error', message: 'see what the cell printed' };
  return { ename: name, evalue: message, traceback: [] };
}

/** Gives each cell's code its own name in stacks, and prints errors by describeCellError. */
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
    if (args.length !== 1 || !(args[0] instanceof Error)) return print(...args);
    thrown = args[0];
    print(describeCellError(thrown, codes, executions.getStore() ?? started));
  };
}

/**
 * A cell may print faster than its output is read. ZeroMQ would drop output beyond 1,000 messages (high-water
 * mark), and its Node binding refuses the 513th message in one turn of the event loop (unless the time-out is
 * 0: sent at once or not at all).
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
 * tslab begins to receive before its sockets are bound. It may then hear a waiting client while other sockets
 * still bind. Such a socket refuses to send or receive, and the kernel stays silent for ever. So nothing is
 * received before all sockets are bound; earlier messages wait in ZeroMQ.
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

/** Shift-Tab: see inspection.ts. */
function inspectCalls(): void {
  tslabInspect().printQuickInfo = printQuickInfo;
  const { prototype } = tslabJupyter().JupyterHandlerImpl;
  const inspect = prototype.handleInspect;
  prototype.handleInspect = function (this: unknown, request) {
    const reply = inspect.call(this, request);
    const called = reply.found ? undefined : calledAt(request.code, request.cursor_pos);
    return called === undefined ? reply : inspect.call(this, { ...request, cursor_pos: called });
  };
}

/** TensorFlow.js recommends another backend, in red, when a cell first uses it. */
function dropAdvertisement(): void {
  const warn = console.warn.bind(console);
  console.warn = (...args: unknown[]): void => {
    if (!String(args[0]).includes('looks like you are running TensorFlow.js in Node.js')) warn(...args);
  };
}

/** Number of the cell whose code is running, or which started the running code. */
export function currentExecution(): number {
  return executions.getStore() ?? started;
}

/** @throws Error for another version of tslab. */
export function patchTslab(): void {
  const version = packageVersion('tslab');
  if (version !== VERSION)
    throw new Error(
      `tslab: expected version ${VERSION}, which our patches are for, got ${version ?? 'none'}`,
    );
  editTslab();
  followExecutions();
  queueCells();
  shortenErrors();
  keepAllMessages();
  receiveOnceBound();
  inspectCalls();
  dropAdvertisement();
}

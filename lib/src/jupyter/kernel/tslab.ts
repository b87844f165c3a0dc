/**
 * The few internals of tslab that we use, with types. tslab is pinned, so its internals are as stable as its
 * API.
 */
import { createRequire } from 'node:module';
import type { JSONValue } from '../notebook/format';
import type { QuickInfo } from './inspection';

export interface DisplayContent {
  data: Record<string, JSONValue>;
  metadata: Record<string, JSONValue>;
  transient: { display_id?: string };
}

export interface ExecuteRequest {
  readonly code: string;
  /** True without it. */
  readonly stop_on_error?: boolean;
}

export interface ExecutionCount {
  readonly count: number;
}

export type ExecuteReply =
  { readonly status: 'ok'; readonly execution_count: number } | ExecuteError | { readonly status: 'aborted' };

export interface ExecuteError {
  readonly status: 'error';
  readonly execution_count: number;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

interface InspectRequest {
  readonly code: string;
  readonly cursor_pos: number;
}

interface InspectReply {
  readonly found: boolean;
}

export interface TslabJupyter {
  /** Set while a kernel runs: writes a display into the cell that was started last. */
  lastWriteDisplayData: ((content: DisplayContent, update: boolean) => void) | null;
  JupyterHandlerImpl: {
    prototype: {
      /** Runs the next cell, and rejects if it fails; both give the count of executions. */
      handleExecuteImpl(request: ExecuteRequest, ...rest: unknown[]): Promise<ExecutionCount>;
      /** Takes requests as they come. */
      handleExecute(request: ExecuteRequest, ...rest: unknown[]): Promise<ExecuteReply>;
      handleInspect(request: InspectRequest): InspectReply;
    };
  };
  ZmqServer: {
    prototype: {
      /** Begins to receive, and binds all sockets. */
      init(): Promise<void>;
      bindSocket(socket: { sendHighWaterMark: number; sendTimeout: number }, port: number): Promise<void>;
    };
  };
}

export interface TslabMain {
  startKernel(options: { configPath: string; enableFindLocal: boolean; globalVersion: string }): void;
}

/** tslab's Jupyter half, the same instance that a running kernel uses. */
export function tslabJupyter(): TslabJupyter {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('tslab/dist/jupyter') as TslabJupyter;
}

export function tslabInspect(): { printQuickInfo: (info: QuickInfo) => string } {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('tslab/dist/inspect') as ReturnType<typeof tslabInspect>;
}

export function tslabMain(): TslabMain {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('tslab/dist/main') as TslabMain;
}

/** The ZeroMQ that tslab loads. */
export function tslabZeromq(): {
  Socket: { prototype: { [Symbol.asyncIterator](): AsyncIterator<unknown> } };
} {
  return createRequire(require.resolve('tslab/dist/jupyter'))('zeromq');
}

/**
 * A Python script as the peer of a benchmark, in a process of its own. It prints lines: one for each request
 * on its standard input, or of its own accord until it ends. A script that fails is reported with its name
 * and the last line that it wrote on standard error.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { InputError } from '../lib/src/errors';

export interface PythonOptions {
  readonly args?: readonly string[];
  /** Environment variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** Characters of standard error that are kept. */
const KEPT = 2000;

export class PythonPeer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly printed: AsyncIterator<string>;
  private readonly ended: Promise<void>;
  private lastWords = '';

  /** @param python the program that runs the script */
  constructor(
    private readonly script: string,
    python: string,
    { args = [], env, cwd, signal }: PythonOptions = {},
  ) {
    this.child = spawn(python, [script, ...args], { env: { ...process.env, ...env }, cwd, signal });
    this.printed = createInterface(this.child.stdout)[Symbol.asyncIterator]();
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.lastWords = `${this.lastWords}${chunk.toString()}`.slice(-KEPT);
    });
    // It may end before it has read everything.
    this.child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'ENOENT'
            ? new InputError('--python', `expected a Python, got no program "${python}"`)
            : error,
        ),
      );
      this.child.on('close', (code, killedBy) =>
        code === 0 ? resolve() : reject(this.failure(`ended (${killedBy ?? `exit code ${code}`})`)),
      );
    });
    this.ended.catch(() => undefined);
  }

  /**
   * Its answer to a request; one request at a time.
   * @throws InputError if there is no such program; Error if it ended
   */
  async ask<Answer>(request: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.printed.next();
    if (done !== true) return JSON.parse(value) as Answer;
    await this.ended;
    throw this.failure('ended without an answer');
  }

  /** What it prints until it ends. @throws as `ask` */
  async *lines(): AsyncGenerator<string> {
    this.child.stdin.end();
    for (;;) {
      const { value, done } = await this.printed.next();
      if (done === true) break;
      yield value;
    }
    await this.ended;
  }

  stop(): void {
    this.child.stdin.end();
    this.child.kill();
  }

  private failure(what: string): Error {
    const said = this.lastWords.trim().split('\n').at(-1);
    return new Error(`bench: ${basename(this.script)} ${what}${said === '' ? '' : `: ${said}`}`);
  }
}

/**
 * A running kernel behind the Jupyter protocol: executes code and passes on its output. runNotebook.ts
 * handles outputs, time limits and the notebook file.
 */
import { randomUUID } from 'node:crypto';
import { Dealer, Subscriber } from 'zeromq';
import { createConnection, type Connection } from './connection';
import { startKernelProcess, type KernelProcess } from './kernelProcess';
import type { FromKernel } from './kernelMain';
import { decodeMessage, encodeMessage, request, type KernelMessage } from './wire';

export interface KernelOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Time until the process must answer for the first time. */
  readonly startSeconds?: number;
}

/**
 * Something went wrong outside the code's own control flow: the process ended, or an unawaited promise was
 * rejected.
 */
export class KernelFault extends Error {
  override readonly name = 'KernelFault';
  /** `execution` is the number of its execution, from 1, if known. */
  constructor(
    readonly kind: 'ended' | 'stray',
    message: string,
    readonly details: string,
    readonly execution?: number,
  ) {
    super(message);
  }
}

export type Listener = (type: string, content: Record<string, unknown>) => void;

interface Pending {
  readonly id: string;
  readonly listener: Listener;
  readonly resolve: (reply: Record<string, unknown>) => void;
  reply: Record<string, unknown> | undefined;
  idle: boolean;
}

const START_SECONDS = 60;
/** Interval at which the kernel is asked until it listens on both sockets. */
const NUDGE_MS = 250;

export class KernelClient {
  private readonly shell = new Dealer({ linger: 0 });
  private readonly iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  private readonly session = randomUUID();
  private readonly pending = new Map<string, Pending>();
  private rejectFault!: (fault: KernelFault) => void;
  private settled: (() => void) | undefined;
  private closed = false;
  /** Rejects with the first KernelFault; never resolves. */
  readonly fault = new Promise<never>((_, reject) => (this.rejectFault = reject));

  private constructor(
    private readonly connection: Connection,
    private readonly process: KernelProcess,
  ) {
    this.fault.catch(() => undefined);
    this.shell.connect(connection.address('shell'));
    this.iopub.connect(connection.address('iopub'));
    this.iopub.subscribe();
    void this.listen(this.shell);
    void this.listen(this.iopub);
    process.onMessage((message) => this.receiveOutOfBand(message));
    void process.ended.then((how) => {
      if (!this.closed)
        this.fail(new KernelFault('ended', `the kernel process ended (${how})`, process.printed()));
    });
  }

  /** Starts a kernel and waits until it answers. */
  static async start({
    cwd,
    env = process.env,
    startSeconds = START_SECONDS,
  }: KernelOptions): Promise<KernelClient> {
    const connection = await createConnection();
    const client = new KernelClient(connection, startKernelProcess(connection.file, cwd, env));
    try {
      await client.handshake(startSeconds);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  get pid(): number {
    return this.process.pid;
  }

  /**
   * Runs code. Resolves with the kernel's reply once all output has been passed to `listener`. Rejects with a
   * KernelFault if the process ends or something goes wrong outside the code.
   */
  async execute(code: string, listener: Listener): Promise<{ status: string }> {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    };
    return (await this.ask('execute_request', content, listener)) as { status: string };
  }

  /**
   * Waits at most `milliseconds` until the code's timers have run out, so that late errors are still seen.
   */
  async settle(milliseconds: number): Promise<void> {
    const done = new Promise<void>((resolve) => (this.settled = resolve));
    this.process.send({ type: 'settle', milliseconds });
    await Promise.race([done, this.fault]);
  }

  /** Ends the kernel and everything it started, at once. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.process.kill();
    this.shell.close();
    this.iopub.close();
    this.connection.remove();
  }

  private async handshake(startSeconds: number): Promise<void> {
    const deadline = performance.now() + startSeconds * 1000;
    while (performance.now() < deadline) {
      const answered = this.ask('kernel_info_request', {}, () => undefined);
      const waited = new Promise<undefined>((resolve) => setTimeout(resolve, NUDGE_MS));
      if ((await Promise.race([answered, waited])) !== undefined) return;
    }
    throw new KernelFault(
      'ended',
      `the kernel did not answer within ${startSeconds} s`,
      this.process.printed(),
    );
  }

  private async ask(
    type: string,
    content: Record<string, unknown>,
    listener: Listener,
  ): Promise<Record<string, unknown>> {
    const message = request(type, this.session, content);
    const reply = new Promise<Record<string, unknown>>((resolve) => {
      this.pending.set(message.header.msg_id, {
        id: message.header.msg_id,
        listener,
        resolve,
        reply: undefined,
        idle: false,
      });
    });
    await this.shell.send(encodeMessage(message, this.connection.key));
    return Promise.race([reply, this.fault]);
  }

  private async listen(socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      try {
        this.receive(decodeMessage(frames, this.connection.key));
      } catch (error) {
        this.fail(new KernelFault('ended', (error as Error).message, ''));
      }
    }
  }

  private receive({ header, parent_header, content }: KernelMessage): void {
    const pending = this.pending.get(parent_header.msg_id ?? '');
    if (pending === undefined) return;
    if (header.msg_type.endsWith('_reply')) pending.reply = content;
    else if (header.msg_type !== 'status') pending.listener(header.msg_type, content);
    else if (content.execution_state === 'idle') pending.idle = true;
    // Output written after a cell's end still has its id, so its entry stays; only the promise is settled.
    if (pending.reply !== undefined && pending.idle) pending.resolve(pending.reply);
  }

  private receiveOutOfBand(message: FromKernel): void {
    if (message.type === 'settled') this.settled?.();
    else {
      const what =
        message.kind === 'rejection'
          ? 'a promise was rejected that nothing awaited'
          : "an exception was thrown outside the cell's own call";
      const firstLine = message.stack.split('\n')[0];
      this.fail(new KernelFault('stray', `${what}: ${firstLine}`, message.stack, message.execution));
    }
  }

  private fail(fault: KernelFault): void {
    this.rejectFault(fault);
  }
}

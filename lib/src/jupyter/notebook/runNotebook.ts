/**
 * Executes one notebook with the tslab kernel in its own process, and writes the outputs into the file after
 * each cell. Any problem (a cell throws, hangs, ends the process, prints without end, or leaves a rejected
 * promise) is a NotebookFailure that names notebook and cell. The output until then is in the file.
 */
import { dirname, basename } from 'node:path';
import { KernelClient, KernelFault } from '../kernel/kernelClient';
import { OutputCollector, defaultOutputLimits, type OutputLimits } from './collectOutputs';
import {
  codeCells,
  type CodeCell,
  type DisplayOutput,
  type JSONObject,
  type MimeBundle,
  type Notebook,
} from './format';
import { isCurrent, stampNotebook, type NotebookInputs } from './freshness';
import { kernelMetadata, normaliseNotebook } from './normalise';
import { readNotebook } from './readNotebook';
import { writeNotebook } from './writeNotebook';

export interface RunNotebookOptions {
  /** Seconds that one cell may take. */
  readonly cellSeconds?: number;
  readonly limits?: OutputLimits;
  readonly signal?: AbortSignal;
  /** Environment of the kernel, with the notebook's parameters. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * What the outputs depend on besides the cells: library, results. With it, a notebook is left as it is if
   * it was run with the same inputs and its outputs are unchanged. Without it, the notebook is always run.
   */
  readonly inputs?: NotebookInputs;
  readonly onProgress?: (progress: NotebookProgress) => void;
}

export interface NotebookProgress {
  readonly notebook: string;
  /** The number of code cells, and the running one, from 1. */
  readonly cells: number;
  readonly cell: number;
  /** The last line that the cell printed, or wrote into a display that it updates in place. */
  readonly message: string;
}

/** A notebook that did not run to its end. */
export class NotebookFailure extends Error {
  override readonly name = 'NotebookFailure';
  constructor(
    readonly notebook: string,
    readonly cell: number,
    problem: string,
    readonly details: string,
  ) {
    super(`${notebook}, code cell ${cell}: ${problem}`);
  }
}

const CELL_SECONDS = 3600;
/** How long a notebook's timers may run after its last cell, so that their errors are seen. */
const SETTLE_MS = 3000;
/** Time for output that is on its way when a process ends. */
const DRAIN_MS = 100;

/** Resolves to true if the notebook was run, false if it was current. */
export async function runNotebook(file: string, options: RunNotebookOptions = {}): Promise<boolean> {
  const notebook = normaliseNotebook(readNotebook(file));
  if (options.inputs !== undefined && isCurrent(notebook, options.inputs)) return false;
  options.signal?.throwIfAborted();
  const kernel = await KernelClient.start({ cwd: dirname(file), env: options.env });
  try {
    await new Run(file, notebook, kernel, options).execute();
  } finally {
    kernel.close();
  }
  return true;
}

class Run {
  private readonly name: string;
  private readonly cells: CodeCell[];
  private readonly collectors: OutputCollector[] = [];
  private readonly displays = new Map<string, DisplayOutput>();
  private stop: (reason: Error) => void = () => undefined;

  constructor(
    private readonly file: string,
    private readonly notebook: Notebook,
    private readonly kernel: KernelClient,
    private readonly options: RunNotebookOptions,
  ) {
    this.name = basename(file);
    this.cells = codeCells(notebook);
  }

  async execute(): Promise<void> {
    for (const cell of this.cells) Object.assign(cell, { execution_count: null, outputs: [] });
    this.notebook.metadata = { ...this.notebook.metadata, ...kernelMetadata };
    delete this.notebook.metadata.elephant;
    let running = 0;
    try {
      for (; running < this.cells.length; running++) await this.executeCell(running);
      running--;
      await this.guard(this.kernel.settle(SETTLE_MS));
    } catch (error) {
      throw await this.failure(error, running);
    }
    if (this.options.inputs !== undefined) stampNotebook(this.notebook, this.options.inputs);
    this.save();
  }

  private async executeCell(index: number): Promise<void> {
    const cell = this.cells[index];
    const collector = new OutputCollector(this.displays, this.options.limits ?? defaultOutputLimits);
    this.collectors.push(collector);
    cell.outputs = collector.outputs;
    cell.execution_count = index + 1;
    this.progress(index, '');
    const seconds = this.options.cellSeconds ?? CELL_SECONDS;
    const reply = this.kernel.execute(cell.source, (type, content) => this.receive(index, type, content));
    const { status } = await this.guard(reply, { seconds });
    collector.finish();
    if (status !== 'ok') throw new CellFailure('threw an error', lastPrinted(cell));
    this.save();
  }

  private receive(index: number, type: string, content: Record<string, unknown>): void {
    const collector = this.collectors[index];
    if (type === 'stream') {
      const { name, text } = content as { name: 'stdout' | 'stderr'; text: string };
      collector.stream(name, text);
      this.progress(index, text);
    } else if (type === 'display_data' || type === 'update_display_data') {
      const display = content as unknown as {
        data: MimeBundle;
        metadata?: JSONObject;
        transient?: { display_id?: string };
      };
      const update = type === 'update_display_data';
      collector.display(display, update);
      // A display that is shown once is a result, such as a table, and says nothing about progress.
      const text = display.data['text/plain'];
      if (update && typeof text === 'string') this.progress(index, text);
    }
    if (collector.excessive) {
      const megabytes = Math.round(collector.total / 2 ** 20);
      this.stop(new CellFailure(`produced more output than allowed (${megabytes} MiB) and was stopped`, ''));
    }
  }

  /** Waits for `work`, unless the user interrupts, the cell prints too much, or its time is over. */
  private async guard<T>(work: Promise<T>, limit?: { seconds: number }): Promise<T> {
    const { signal } = this.options;
    let timer: NodeJS.Timeout | undefined;
    let abort = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      this.stop = reject;
      abort = () => reject(signal?.reason as Error);
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort);
      if (limit !== undefined) {
        timer = setTimeout(
          () => reject(new CellFailure(`did not end within ${limit.seconds} s and was stopped`, '')),
          limit.seconds * 1000,
        );
      }
    });
    work.catch(() => undefined);
    stopped.catch(() => undefined);
    try {
      return await Promise.race([work, stopped]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Puts the fault into the notebook, saves it, and makes the error to throw. */
  private async failure(error: unknown, running: number): Promise<unknown> {
    if (error instanceof KernelFault) await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    this.kernel.close();
    if (!(error instanceof KernelFault || error instanceof CellFailure)) {
      this.save();
      return error;
    }
    const index =
      error instanceof KernelFault && error.execution !== undefined ? error.execution - 1 : running;
    const failure = new NotebookFailure(this.name, index + 1, error.message, error.details);
    const collector = this.collectors[index];
    collector.finish();
    collector.fault(error.name, error.message, error instanceof KernelFault ? error.details : '');
    this.save();
    return failure;
  }

  private save(): void {
    writeNotebook(this.file, this.notebook);
  }

  private progress(index: number, text: string): void {
    const message = text.trim().split('\n').at(-1) ?? '';
    this.options.onProgress?.({ notebook: this.name, cells: this.cells.length, cell: index + 1, message });
  }
}

/** A cell that failed by its own code or by a limit. */
class CellFailure extends Error {
  override readonly name = 'CellFailure';
  constructor(
    message: string,
    readonly details: string,
  ) {
    super(message);
  }
}

/** The last output of a cell on standard error, where the kernel prints an error's stack. */
function lastPrinted(cell: CodeCell): string {
  const printed = cell.outputs.flatMap((output) =>
    output.output_type === 'stream' && output.name === 'stderr' ? [output.text] : [],
  );
  return printed.at(-1)?.trim() ?? '';
}

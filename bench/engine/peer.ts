/**
 * PyTorch as the peer of a benchmark: engine_pytorch.py in a process of its own, asked line by line.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * "eager with malloc settings": glibc is told to keep freed memory, which large intermediate tensors gain
 * from. "compile": torch.compile (needs a C++ compiler).
 */
export type PeerMode = 'eager' | 'eager with malloc settings' | 'compile';

const KEEP_MEMORY = { MALLOC_TRIM_THRESHOLD_: '4000000000', MALLOC_MMAP_THRESHOLD_: '4000000000' };

interface Answer {
  ms?: number;
  gflops?: number;
  torch?: string;
  error?: string;
}

export class PyTorchPeer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: ((answer: Answer) => void)[] = [];
  private version = '';

  constructor(
    python: string,
    private readonly mode: PeerMode,
  ) {
    const env = mode === 'eager with malloc settings' ? { ...process.env, ...KEEP_MEMORY } : process.env;
    this.child = spawn(python, [join(__dirname, 'engine_pytorch.py')], { env });
    let lastWords = '';
    this.child.stderr.on(
      'data',
      (chunk: Buffer) => (lastWords = `${lastWords}${chunk.toString()}`.slice(-300)),
    );
    const end = (error: string): void => this.waiting.splice(0).forEach((answer) => answer({ error }));
    this.child.on('error', (error) => end(error.message));
    this.child.on('exit', (code) =>
      end(`the process ended with code ${code}: ${lastWords.trim().split('\n').pop()}`),
    );
    this.child.stdin.on('error', () => undefined);
    createInterface({ input: this.child.stdout }).on('line', (text) =>
      this.waiting.shift()?.(JSON.parse(text) as Answer),
    );
  }

  get name(): string {
    return `PyTorch ${this.version} ${this.mode}`;
  }

  /** Builds the model and takes its first steps. Returns what went wrong, if anything did. */
  async prepare(request: Record<string, unknown>, threads: number): Promise<string | undefined> {
    const answer = await this.ask({
      ...request,
      command: 'prepare',
      threads,
      mode: this.mode === 'compile' ? 'compile' : 'eager',
    });
    this.version = answer.torch ?? '';
    return answer.error;
  }

  /** Median milliseconds of some steps. */
  async run(steps: number): Promise<number> {
    const { ms, error } = await this.ask({ command: 'run', steps });
    if (ms === undefined) throw new Error(`${this.name}: ${error}`);
    return ms;
  }

  async matmulGflops(threads: number): Promise<number> {
    const { gflops, error } = await this.ask({ command: 'matmul', threads });
    if (gflops === undefined) throw new Error(`${this.name}: ${error}`);
    return gflops;
  }

  stop(): void {
    this.child.stdin.end();
    this.child.kill();
  }

  private ask(request: object): Promise<Answer> {
    if (this.child.exitCode !== null)
      return Promise.resolve({ error: `the process ended with code ${this.child.exitCode}` });
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
}

/** PyTorch as the peer of `bench engine`: engine_pytorch.py. */
import { join } from 'node:path';
import type { ProviderName } from '../../lib/src/engine/types';
import { peerEnvironment } from '../options';
import { PythonPeer } from '../pythonPeer';

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
  private readonly peer: PythonPeer;
  private version = '';

  constructor(
    python: string,
    private readonly mode: PeerMode,
    /** Where ours computes; the peer computes on the same card. */
    private readonly provider: ProviderName,
  ) {
    const env = {
      ...peerEnvironment(provider),
      ...(mode === 'eager with malloc settings' ? KEEP_MEMORY : {}),
    };
    this.peer = new PythonPeer(join(__dirname, 'engine_pytorch.py'), python, { env });
  }

  get name(): string {
    return `PyTorch ${this.version} ${this.mode}${this.provider === 'cpu' ? '' : ' on the card'}`;
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
    this.peer.stop();
  }

  private ask(request: object): Promise<Answer> {
    return this.peer.ask<Answer>(request).catch(({ message }: Error) => ({ error: message }));
  }
}

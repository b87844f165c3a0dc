/**
 * What `auto` means: the provider with the fastest matrix product here, by a measurement of about a second.
 * Never the default of `report` and `run`, whose results must not depend on the machine.
 */
import { probeProvider, type NativeProvider, type Probe } from './probe';

export interface Choice {
  provider: NativeProvider;
  /** One line for people: what was picked and why, and what was ruled out. */
  reason: string;
}

/** 1024^3 multiply-adds: long enough to show a GPU's advantage over the cost of launching it. */
const SIZE = 1024;
/** A GPU must win by this factor: small models lose the rest of it to launches. */
const MARGIN = 1.5;

/**
 * Measures CPU, WebGPU and CUDA one after another (they would disturb each other) and picks one. Falls back
 * to the CPU.
 */
export async function chooseProvider(
  probe: (provider: NativeProvider) => Promise<Probe> = (provider) =>
    probeProvider(provider, { size: SIZE, repeats: 3, timeoutMs: 5_000 }),
): Promise<Choice> {
  const rates = new Map<NativeProvider, number>();
  const notes: string[] = [];
  for (const provider of ['cpu', 'webgpu', 'cuda'] as const) {
    const { works, milliseconds, reason } = await probe(provider);
    if (works && milliseconds !== undefined) {
      const gigaflops = (2 * SIZE ** 3) / milliseconds / 1e6;
      rates.set(provider, gigaflops);
      notes.push(`${provider} ${gigaflops < 10 ? gigaflops.toFixed(1) : Math.round(gigaflops)} GFLOP/s`);
    } else notes.push(`${provider} not here (${reason ?? 'unknown'})`);
  }
  const cpu = rates.get('cpu') ?? 0;
  const [best] = [...rates]
    .filter(([name, rate]) => name !== 'cpu' && rate > MARGIN * cpu)
    .sort((a, b) => b[1] - a[1]);
  const provider = best?.[0] ?? 'cpu';
  return {
    provider,
    reason: `auto picked ${provider}: ${notes.join(', ')} on a ${SIZE} x ${SIZE} matrix product`,
  };
}

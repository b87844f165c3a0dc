/**
 * Detection and choice of providers: quick, truthful about the CPU, and safe against drivers that hang or
 * abort.
 */
import { describe, expect, it } from 'vitest';
import { chooseProvider } from '../../lib/src/engine/providers/choose';
import { detectProviders } from '../../lib/src/engine/providers/detect';
import { probeProvider, type NativeProvider, type Probe } from '../../lib/src/engine/providers/probe';

describe('detectProviders', () => {
  it('reports every provider once, the CPU as working, and says why others are not there', async () => {
    const reports = await detectProviders(20_000); // a busy machine may be slow to start processes
    expect(reports.map((r) => r.provider)).toEqual(['cpu', 'webgpu', 'cuda', 'tfjs-node-gpu', 'tfjs']);
    expect(reports[0]).toMatchObject({ available: true });
    for (const { available, reason } of reports) expect(reason === undefined).toBe(available);
  });

  it('reports a driver that answers too late as not working', async () => {
    const { works, reason } = await probeProvider('cpu', { timeoutMs: 1 });
    expect(works).toBe(false);
    expect(reason).toBe('no answer within 0.001 s');
  });
});

describe('chooseProvider', () => {
  const measured =
    (times: Partial<Record<NativeProvider, number>>) =>
    async (provider: NativeProvider): Promise<Probe> => {
      const milliseconds = times[provider];
      return milliseconds === undefined
        ? { works: false, reason: 'no adapter' }
        : { works: true, milliseconds };
    };

  it.each([
    ['a fast GPU', { cpu: 20, webgpu: 1 }, 'webgpu'],
    ['CUDA where it is faster still', { cpu: 20, webgpu: 1, cuda: 0.5 }, 'cuda'],
    ['the CPU where the GPU hardly wins', { cpu: 20, webgpu: 15 }, 'cpu'],
    ['the CPU where nothing else is there', { cpu: 20 }, 'cpu'],
  ] as const)('picks %s', async (_, times, expected) => {
    const { provider, reason } = await chooseProvider(measured(times));
    expect(provider).toBe(expected);
    expect(reason).toContain(`auto picked ${expected}: cpu 107 GFLOP/s`);
  });

  it('says which providers were skipped', async () => {
    expect((await chooseProvider(measured({ cpu: 20 }))).reason).toContain('webgpu not here (no adapter)');
  });
});

/** Makes sure that a provider works before anything is computed on it. */
import { InputError } from '../../errors';
import { probeProvider } from './probe';

const working = new Set<'webgpu' | 'cuda'>();

/**
 * Tried in a child process, once per process: a driver that is not there or broken may end the process that
 * loads it. @throws InputError where the provider does not work here.
 */
export async function requireWorking(provider: 'webgpu' | 'cuda'): Promise<void> {
  if (working.has(provider)) return;
  const { works, reason } = await probeProvider(provider, { timeoutMs: 10_000 });
  if (!works)
    throw new InputError(
      'provider',
      `${provider} does not work here: ${reason ?? 'unknown'}`,
      'See `elephant doctor`, or choose cpu',
    );
  working.add(provider);
}

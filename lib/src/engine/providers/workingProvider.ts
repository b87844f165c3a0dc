/** Makes sure that a provider works before anything is computed on it. */
import { InputError } from '../../errors';
import { probeProvider } from './probe';

const working = new Set<'webgpu' | 'cuda'>();

/**
 * Tries the provider in a child process, once per process: a driver that is missing or broken may end the
 * process that loads it. @throws InputError if the provider does not work here.
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

/** Makes sure that a provider works before anything is computed on it. */
import { InputError } from '../../errors';
import type { Precision } from '../types';
import { checkPrecision } from './precision';
import { probeProvider } from './probe';

const working = new Set<string>();

/**
 * Tries the provider in a child process, once per process: a driver that is missing or broken may end the
 * process that loads it. @throws InputError if the provider does not work here, or not in this precision.
 */
export async function requireWorking(
  provider: 'webgpu' | 'cuda',
  precision: Precision = 'single',
): Promise<void> {
  checkPrecision(precision, provider);
  const tried = `${provider} ${precision}`;
  if (working.has(tried)) return;
  const { works, reason } = await probeProvider(provider, { precision, timeoutMs: 10_000 });
  if (!works)
    throw new InputError(
      'provider',
      `${provider} does not work here${precision === 'mixed' ? ' in mixed precision' : ''}: ${
        reason ?? 'unknown'
      }`,
      'See `elephant doctor`, or choose cpu',
    );
  working.add(tried);
}

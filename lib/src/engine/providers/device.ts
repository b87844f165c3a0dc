/** What computes where a provider is not the CPU: part of the key of a result, and a thing to be shared. */
import type { Device, ProviderName } from '../types';
import { loadEagerBinding } from './eagerBinding';
import { graphicsName } from './graphicsName';

/** The device of a provider on this machine; undefined for the CPU. Tries nothing: see workingProvider.ts. */
export function deviceOf(provider: ProviderName): Device | undefined {
  if (provider === 'cpu') return undefined;
  if (provider !== 'tfjs') return { provider, name: graphicsName(), oneAtATime: true };
  const native = loadEagerBinding();
  return { provider, name: native ? 'tensorflow' : 'plain JavaScript', oneAtATime: native };
}

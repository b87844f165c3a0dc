/**
 * The device that computes if a provider is not the CPU. It is part of a result's key, and several stages may
 * have to share it.
 */
import type { Device, ProviderName } from '../types';
import { loadEagerBinding } from './eagerBinding';
import { graphicsName } from './graphicsName';

/**
 * The device of a provider on this machine; undefined for the CPU. Does not try it: see workingProvider.ts.
 */
export function deviceOf(provider: ProviderName): Device | undefined {
  if (provider === 'cpu') return undefined;
  if (provider !== 'tfjs') return { provider, name: graphicsName(), oneAtATime: true };
  const native = loadEagerBinding();
  return { provider, name: native ? 'tensorflow' : 'plain JavaScript', oneAtATime: native };
}

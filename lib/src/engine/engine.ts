/** Opens an engine for a provider. The rooms above get an engine only here. */
import * as tf from '@tensorflow/tfjs-core';
import { InputError, requireKnownOptions, unknownName } from '../errors';
import { CpuEngine } from './providers/cpuEngine';
import { EagerEngine } from './providers/eagerEngine';
import { chooseProvider } from './providers/choose';
import { loadEagerBinding } from './providers/eagerBinding';
import { GpuEngine } from './providers/gpuEngine';
import { graphicsName } from './providers/graphicsName';
import { checkPrecision } from './providers/precision';
import { requireWorking } from './providers/workingProvider';
import { PROVIDERS, type Engine, type EngineOptions } from './types';

/**
 * An engine runs programs. `provider` is "cpu" by default: results there do not depend on the machine. "auto"
 * picks the fastest by a short measurement.
 * @throws InputError if the provider is unknown, does not work here, or has no such precision, and for an
 * unknown option.
 * @example
 * ```ts
 * import { createEngine } from 'elephant/engine';
 * const engine = await createEngine({ provider: 'cpu', threads: 2 });
 * console.log(engine.description);
 * await engine.dispose();
 * ```
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const known = { provider: true, threads: true, seed: true, precision: true } as const;
  requireKnownOptions('createEngine', options, known);
  const { provider = 'cpu', threads, precision = 'single' } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new InputError('threads', `expected a whole number of at least 1, got ${threads}`);
  }
  if (provider !== 'auto') checkPrecision(precision, provider);
  switch (provider) {
    case 'cpu':
      return new CpuEngine(options);
    case 'auto': {
      const choice = await chooseProvider();
      if (choice.provider === 'cpu') return new CpuEngine(options, ` (${choice.reason})`);
      if (precision === 'mixed') await requireWorking(choice.provider, precision);
      return new GpuEngine(choice.provider, options, graphicsName(), ` (${choice.reason})`);
    }
    case 'tfjs':
      return new EagerEngine(options, eagerBackend());
    case 'webgpu':
    case 'cuda':
      await requireWorking(provider, precision);
      return new GpuEngine(provider, options, graphicsName());
    default:
      throw unknownName('provider', 'provider', String(provider), [...PROVIDERS, 'auto']);
  }
}

/** "tensorflow" if the native binding is installed and loads, otherwise the plain CPU backend. */
function eagerBackend(): string {
  loadEagerBinding();
  // Also if the caller loaded a binding from elsewhere.
  return tf.findBackendFactory('tensorflow') != null ? 'tensorflow' : 'cpu';
}

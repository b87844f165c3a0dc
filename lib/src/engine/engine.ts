/** Opens an engine for a provider. The only way in for the rooms above. */
import * as tf from '@tensorflow/tfjs-core';
import { InputError, unknownName } from '../errors';
import { CpuEngine } from './providers/cpuEngine';
import { EagerEngine } from './providers/eagerEngine';
import { chooseProvider } from './providers/choose';
import { graphicsName } from './providers/detect';
import { GpuEngine } from './providers/gpuEngine';
import { probeProvider } from './providers/probe';
import { PROVIDERS, type Engine, type EngineOptions } from './types';

/**
 * An engine, the thing that programs run in. `provider` is "cpu" by default: results there do not depend on
 * the machine. "auto" picks the fastest by a short measurement.
 * @throws InputError if the provider is unknown or does not work here.
 * @example
 * ```ts
 * import { createEngine } from 'elephant/engine';
 * const engine = await createEngine({ provider: 'cpu', threads: 2 });
 * console.log(engine.description);
 * await engine.dispose();
 * ```
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { provider = 'cpu', threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new InputError('threads', `expected a whole number from 1 on, got ${threads}`);
  }
  switch (provider) {
    case 'cpu':
      return new CpuEngine(options);
    case 'auto': {
      const choice = await chooseProvider();
      if (choice.provider === 'cpu') return new CpuEngine(options, ` (${choice.reason})`);
      return new GpuEngine(choice.provider, options, graphicsName(), ` (${choice.reason})`);
    }
    case 'tfjs':
      return new EagerEngine(options, await eagerBackend());
    case 'webgpu':
    case 'cuda': {
      // Tried in a child process first: a driver that is not there or broken may end the process that loads
      // it.
      const { works, reason } = await probeProvider(provider, { timeoutMs: 10_000 });
      if (!works)
        throw new InputError(
          'provider',
          `${provider} does not work here: ${reason ?? 'unknown'}`,
          'See `elephant doctor`, or choose cpu',
        );
      return new GpuEngine(provider, options, graphicsName());
    }
    default:
      throw unknownName('provider', 'provider', String(provider), [...PROVIDERS, 'auto']);
  }
}

/** "tensorflow" where the native binding is installed and loads, else the plain CPU backend. */
async function eagerBackend(): Promise<string> {
  for (const binding of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      // The package may be a stand-in of another name (an npm alias) without the native backend.
      const { name } = (await import(`${binding}/package.json`)) as { name: string };
      if (name !== binding) continue;
      await import(binding);
    } catch {
      // Not installed, or its library does not load here: the next one.
    }
    if (tf.findBackendFactory('tensorflow') != null) break;
  }
  // Also where the caller loaded a binding from elsewhere.
  return tf.findBackendFactory('tensorflow') != null ? 'tensorflow' : 'cpu';
}

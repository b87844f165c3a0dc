/** Opens an engine for a provider. The only way in for the rooms above. */
import * as tf from '@tensorflow/tfjs-core';
import { InputError, unknownName } from '../errors';
import { CpuEngine } from './cpuEngine';
import { EagerEngine } from './eagerEngine';
import { PROVIDERS, type Engine, type EngineOptions } from './types';

/**
 * `provider` is "cpu" by default: results there do not depend on the machine. "auto" picks the fastest by a short measurement.
 * Throws InputError where the provider is unknown or does not work here.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { provider = 'cpu', threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new InputError('threads', `expected a whole number from 1 on, got ${threads}`);
  }
  switch (provider) {
    case 'cpu':
    case 'auto':
      return new CpuEngine(options);
    case 'tfjs':
      return new EagerEngine(options, await eagerBackend());
    case 'webgpu':
    case 'cuda':
      throw new InputError('provider', `${provider} is not available yet`, 'Choose cpu or tfjs');
    default:
      throw unknownName('provider', 'provider', String(provider), [...PROVIDERS, 'auto']);
  }
}

/** "tensorflow" where the native binding is installed and loads, else the plain CPU backend. */
async function eagerBackend(): Promise<string> {
  for (const binding of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      await import(binding);
    } catch {
      // Not installed, or its library does not load here: the next one.
    }
    // Asked of TensorFlow.js itself: the package may be a stand-in without the native backend.
    if (tf.findBackendFactory('tensorflow') != null) return 'tensorflow';
  }
  return 'cpu';
}

/**
 * Published peak rates of GPUs (lib/data/devices.json, each with its source), and what share of them programs
 * are assumed to reach. For estimates only.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device, ProviderName } from '../../engine/types';
import { InputError, unknownName } from '../../errors';

/** A GPU as its vendor describes it. Rates in TFLOP/s and GB/s. */
interface Published {
  readonly name: string;
  readonly full: string;
  readonly memoryGB: number;
  readonly fp32: number;
  /** Absent if the GPU has none. */
  readonly tf32?: number;
  readonly bandwidth: number;
  /** Between host and device, in one direction. */
  readonly bus: number;
  readonly source: string;
}

/** What a program on the device is estimated with. */
export interface DeviceRates {
  readonly name: string;
  readonly full: string;
  /** As part of a stage's key: results of a device that is not here are in no store. */
  readonly device: Device;
  readonly source: string;
  readonly memoryBytes: number;
  /** Of products of matrices; `precision` says in which. */
  readonly flopPerSecond: number;
  readonly precision: 'fp32' | 'tf32';
  readonly bytesPerSecond: number;
  readonly busBytesPerSecond: number;
  /**
   * Weights and optimiser slots cross the bus at each run: onnxruntime-node has no device tensors for CUDA.
   */
  readonly stateOverBus: boolean;
}

export interface Assumption {
  readonly name: string;
  readonly value: number;
  readonly meaning: string;
}

const assume = (name: string, value: number, meaning: string): Assumption => ({ name, value, meaning });

/** Decisions of ours, none of them measured on a GPU; every plan for a published device prints them. */
export const ASSUMPTIONS = {
  products: assume('products', 0.5, 'share of the peak that products of matrices reach'),
  memory: assume('memory', 0.6, "share of the memory's bandwidth that all other operators reach"),
  bus: assume('bus', 0.25, "share of the bus's rate that copies from JavaScript's memory reach"),
  launch: assume('launch', 10, 'microseconds that an operator takes at least; none is merged with another'),
  start: assume('start', 5, 'seconds to compile a program of a stage'),
  arena: assume('arena', 1.2, 'memory taken by that of all tensors alive at once'),
} as const;

/** No code: read when first asked for. */
const FILE = join(__dirname, '..', '..', '..', 'data', 'devices.json');

export function publishedDevices(): readonly Published[] {
  return (JSON.parse(readFileSync(FILE, 'utf8')) as { devices: Published[] }).devices;
}

/** Stands for the device of this machine, whose speed is measured. */
export const MEASURED = 'measured';

/**
 * The rates of a published device for a provider. @throws InputError for an unknown name, and for a provider
 * that does not compute on it.
 */
export function ratesOf(name: string, provider: ProviderName): DeviceRates {
  const devices = publishedDevices();
  const found = devices.find((device) => device.name.toLowerCase() === name.toLowerCase());
  if (found === undefined)
    throw unknownName('--device', 'device', name, [MEASURED, ...devices.map((device) => device.name)]);
  if (provider !== 'cuda' && provider !== 'webgpu')
    throw new InputError(
      '--device',
      `expected the provider cuda or webgpu with ${found.name}, got ${provider}`,
      'Add --provider cuda',
    );
  // ONNX Runtime's CUDA provider multiplies in TF32 if the GPU can, unless told not to; WebGPU has fp32.
  const precision = provider === 'cuda' && found.tf32 !== undefined ? 'tf32' : 'fp32';
  return {
    name: found.name,
    full: found.full,
    device: { provider, name: found.full, oneAtATime: true },
    source: found.source,
    memoryBytes: found.memoryGB * 1e9,
    flopPerSecond: (precision === 'tf32' ? found.tf32! : found.fp32) * 1e12,
    precision,
    bytesPerSecond: found.bandwidth * 1e9,
    busBytesPerSecond: found.bus * 1e9,
    stateOverBus: provider === 'cuda',
  };
}

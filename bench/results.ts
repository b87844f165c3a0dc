/** The file that a benchmark leaves behind. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { deviceOf } from '../lib/src/engine/providers/device';
import * as ort from '../lib/src/engine/runtime/onnxRuntime';
import type { ProviderName } from '../lib/src/engine/types';

/** Where results are written, and committed if they are to be compared with. */
export const RESULTS_FOLDER = join(__dirname, 'results');

/** Writes `<name>.json` into the folder: what was measured, with the machine that it was measured on. */
export async function writeResults(folder: string, name: string, measured: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, `${name}.json`),
    `${JSON.stringify({ machine: benchMachine(), ...measured }, null, 2)}\n`,
  );
}

/** Of a results file's name: threads on the CPU, otherwise provider and device, "webgpu-NVIDIA-H200". */
export function measuredOn(provider: ProviderName, threads: number, onCpu = ''): string {
  const device = deviceOf(provider);
  if (device === undefined) return `${onCpu}${threads}-threads`;
  return `${provider}-${device.name.replace(/[^A-Za-z0-9]+/g, '-')}`;
}

/** The machine as every results' file names it. */
export function benchMachine(): object {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: ort.env.versions.node,
  };
}

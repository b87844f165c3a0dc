/** The file that a benchmark leaves behind. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import * as ort from '../lib/src/engine/runtime/onnxRuntime';

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

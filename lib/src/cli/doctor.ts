/** `elephant doctor`: what this machine offers and what is missing, and why. Changes nothing. */
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { Command } from 'commander';
import { libraryVersion, packageVersion } from '../project';
import { jsonOption } from './options';

const PACKAGES = ['onnxruntime-node', '@tensorflow/tfjs-core', 'tslab', '@duckdb/node-api', '@xenova/transformers', 'plotly.js-dist-min', 'mathjs', 'danfojs-node'];

export function register(program: Command): void {
  program
    .command('doctor')
    .description('show Node.js, memory, cores, and which providers work here')
    .addOption(jsonOption())
    .action(doctor);
}

async function doctor(options: { json: boolean }): Promise<void> {
  const { detectProviders } = await import('../engine/providers/detect');
  const report = {
    elephant: libraryVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    freeMemoryMiB: Math.round(freemem() / 2 ** 20),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, packageVersion(name) ?? null])),
    providers: await detectProviders(),
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const line = (name: string, value: string): string => `${name.padEnd(14)} ${value}\n`;
  process.stdout.write(line('elephant', report.elephant));
  process.stdout.write(line('Node.js', `${report.node} on ${report.platform}`));
  process.stdout.write(line('processor', `${report.processor}, ${report.cores} cores`));
  process.stdout.write(line('memory', `${report.memoryMiB} MiB, ${report.freeMemoryMiB} MiB free`));
  for (const { provider, available, detail, reason } of report.providers) {
    process.stdout.write(line(provider, available ? `works: ${detail}` : `not here: ${reason ?? detail}`));
  }
  const versions = Object.entries(report.packages).map(([name, version]) => `${name} ${version ?? 'absent'}`);
  process.stdout.write(line('packages', versions.join(', ')));
}

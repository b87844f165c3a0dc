/** `elephant doctor`: what this machine offers and what is missing, and why. Changes nothing. */
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { Command } from 'commander';
import { InputError } from '../errors';
import { libraryVersion, packageVersion } from '../project';
import { jsonOption } from './options';

const PACKAGES = [
  'onnxruntime-node',
  'koffi',
  '@tensorflow/tfjs-core',
  'tslab',
  '@duckdb/node-api',
  '@xenova/transformers',
  'plotly.js-dist',
  'mathjs',
  'danfojs-node',
];

export function register(program: Command): void {
  program
    .command('doctor')
    .description(
      'show Node.js, memory, cores, the providers that work here, and what `elephant lab` would use',
    )
    .addOption(jsonOption())
    .action(doctor);
}

async function doctor(options: { json: boolean }): Promise<void> {
  const { detectProviders } = await import('../engine/providers/detect');
  const { cInterface } = await import('../engine/runtime/cInterface');
  const [providers, lab, c] = await Promise.all([detectProviders(), lookAtLab(), cInterface()]);
  const report = {
    elephant: libraryVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    freeMemoryMiB: Math.round(freemem() / 2 ** 20),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, packageVersion(name) ?? null])),
    providers,
    /** Whether the CPU provider goes through ONNX Runtime's C interface (engine/runtime/cInterface). */
    resultsInPlace: c !== undefined,
    lab,
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
    process.stdout.write(
      line(provider, available ? `works: ${detail}` : `not available: ${reason ?? detail}`),
    );
  }
  process.stdout.write(
    line(
      'results',
      report.resultsInPlace
        ? 'of the CPU provider are written in place'
        : `of the CPU provider are copied, equal but slower: ${whyCopied(report.packages.koffi)}`,
    ),
  );
  process.stdout.write(
    line('Python', lab.python === null ? `not here: ${lab.problem}` : `works: ${lab.python}, with venv`),
  );
  process.stdout.write(line('JupyterLab', describeLab(lab)));
  const versions = Object.entries(report.packages).map(([name, version]) => `${name} ${version ?? 'absent'}`);
  process.stdout.write(line('packages', versions.join(', ')));
}

function whyCopied(koffi: string | null): string {
  if (process.platform !== 'linux') return 'writing in place is supported on Linux only';
  return koffi === null
    ? 'the optional package koffi is not installed'
    : 'koffi does not load ONNX Runtime here';
}

interface Lab {
  /**
   * The Python that would make JupyterLab's environment: "python3 3.11.2"; null, with a reason, if there is
   * none.
   */
  python: string | null;
  problem?: string;
  /** The environment of `elephant lab`, and what is or will be in it. */
  folder: string;
  made: boolean;
  requirements: readonly string[];
}

/** Asks the installed Python; needs no network. */
async function lookAtLab(): Promise<Lab> {
  const { expectedEnvironment, findPython, LAB_REQUIREMENTS } = await import('../jupyter/lab/environment');
  const { folder, made } = expectedEnvironment();
  const python = await findPython().catch((error: unknown) => {
    if (error instanceof InputError) return error;
    throw error;
  });
  const found =
    python instanceof InputError
      ? { python: null, problem: python.message }
      : { python: `${python.command} ${python.version}` };
  return { ...found, folder, made, requirements: LAB_REQUIREMENTS };
}

function describeLab({ python, folder, made, requirements }: Lab): string {
  const [lab, ...others] = requirements.map((name) => name.replace('==', ' '));
  const what = `${lab} (with ${others.join(', ')}) in ${folder}`;
  if (made) return `works: ${what}`;
  return python === null
    ? 'not available: it needs a Python with venv'
    : `not installed yet: the first "npm run lab" installs ${what}`;
}

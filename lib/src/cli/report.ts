/** `elephant report`: trains what is missing, runs the notebooks headlessly, writes paper-repro.md and figures/. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { ProviderChoice } from '../engine/types';
import { interruptSignal } from './interrupt';
import { jsonOption, numberAbove, providerOption, wholeNumber } from './options';
import { ProgressLine } from './progress';

interface ReportOptions {
  profile: string;
  set: string[];
  provider: ProviderChoice;
  workers: number;
  cellSeconds: number;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('report')
    .description('train what is missing, run all notebooks, write paper-repro.md and figures/')
    .option('--profile <name>', 'how large: smoke or mini', 'mini')
    .option('--set <key=value...>', 'override a value of the profile, for example recommender.epochs=3', [] as string[])
    .addOption(providerOption('cpu'))
    .option('--workers <n>', 'processes side by side', wholeNumber('--workers', 1, 1024), availableParallelism())
    .option('--cell-seconds <n>', 'longest time for one cell of a notebook', numberAbove('--cell-seconds', 0), 3600)
    .addOption(jsonOption())
    .action(report);
}

async function report(options: ReportOptions): Promise<void> {
  const { open } = await import('../experiments/session');
  const { describeStatus } = await import('../report/display/progress');
  const { describeNotebook } = await import('../report/notebook/runNotebooks');
  const { writeReport } = await import('../report/writeReport');
  const signal = interruptSignal();
  const { profile, set, provider, workers } = options;
  const session = open({ profile, set, provider, workers, signal });
  const line = new ProgressLine();
  const started = performance.now();
  const { report: file, written, notebooks } = await writeReport(session, {
    signal,
    env: { ...process.env, ELEPHANT_PROFILE: profile, ELEPHANT_SET: set.join(' '), ELEPHANT_PROVIDER: provider, ELEPHANT_WORKERS: String(workers) },
    parallel: Math.min(2, workers),
    cellSeconds: options.cellSeconds,
    onStages: (status) => line.update(describeStatus(status)),
    onNotebook: (progress) => line.update(describeNotebook(progress)),
  });
  const { ran, current, failures } = notebooks;
  const seconds = (performance.now() - started) / 1000;
  line.print(`${file}: ${written.length === 0 ? 'nothing changed' : `${written.length} files written`}; notebooks: ${ran.length} run, ${current.length} current, ${failures.length} failed; ${seconds.toFixed(1)} s`);
  for (const { message, details } of failures) line.print(`${message}${details === '' ? '' : `\n${indented(details)}`}`);
  if (failures.length > 0) process.exitCode = 1;
  if (options.json) {
    const failed = failures.map(({ notebook, cell, message }) => ({ notebook, cell, message }));
    process.stdout.write(`${JSON.stringify({ report: file, written, notebooks: { ran: ran.length, current: current.length, failed } })}\n`);
  }
}

/** The first lines of an error's details, set in. */
function indented(details: string): string {
  return details.split('\n').slice(0, 12).map((text) => `    ${text}`).join('\n');
}

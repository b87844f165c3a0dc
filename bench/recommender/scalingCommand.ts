/** `npm run bench -- scaling`: which sizes are swept, and how rows and figure are kept. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { interruptSignal } from '../../lib/src/cli/interrupt';
import { jsonOption, wholeNumber } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import { InputError } from '../../lib/src/errors';
import { renderSvg } from '../../lib/src/report/figures/renderSvg';
import { pythonOption, threadsOption } from '../options';
import { printRows } from '../printRows';
import { RESULTS_FOLDER, writeResults } from '../results';

export function registerScaling(bench: Command): void {
  bench
    .command('scaling')
    .description('an epoch of SASRec as users, events, width or items grow')
    .option('--only <size>', 'one of users, events, dim, items; no file is written')
    .option('--rounds <n>', 'rounds of both sides; medians are reported', wholeNumber('--rounds', 1), 3)
    .addOption(threadsOption())
    .addOption(pythonOption())
    .addOption(jsonOption())
    .action(scaling);
}

interface ScalingCommand {
  only?: string;
  rounds: number;
  threads: number;
  python?: string;
  json: boolean;
}

async function scaling({ only, rounds, threads, python, json }: ScalingCommand): Promise<void> {
  const { benchScaling, SCALING_AXES } = await import('./scaling');
  const axes = SCALING_AXES.filter(({ size }) => only === undefined || size === only);
  if (axes.length === 0)
    throw new InputError(
      '--only',
      `expected one of ${SCALING_AXES.map(({ size }) => size).join(', ')}, got "${only}"`,
    );
  const line = new ProgressLine();
  const rows = await benchScaling({
    ...{ axes, threads, rounds },
    python: python ?? process.env.ELEPHANT_PYTHON,
    onProgress: (text) => line.print(text),
    signal: interruptSignal(),
  });
  if (only === undefined) {
    await writeResults(RESULTS_FOLDER, `scaling-${threads}-threads`, { threads, rounds, results: rows });
    const { scalingFigure } = await import('./scalingFigure');
    await writeFile(join(RESULTS_FOLDER, 'scaling.svg'), await renderSvg(scalingFigure(rows)));
  }
  printRows(rows, json);
}

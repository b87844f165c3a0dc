/** `npm run bench -- language`: which titles are encoded, and how the rows are printed and kept. */
import type { Command } from 'commander';
import { interruptSignal } from '../../lib/src/cli/interrupt';
import { jsonOption } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import type { Dataset } from '../../lib/src/data';
import type { DomainName } from '../../lib/src/data/simulation';
import { readAmazon } from '../../lib/src/data/sources';
import { pythonOption, threadsOption } from '../options';
import { printRows } from '../printRows';
import { RESULTS_FOLDER, writeResults } from '../results';

export function registerLanguage(bench: Command): void {
  bench
    .command('language')
    .description('encoding item titles and a training step, beside Hugging Face transformers')
    .option(
      '--model <folder>',
      'a MiniLM or another sentence encoder (default: ELEPHANT_MINILM; without one its rows are left out)',
    )
    .option('--data <folder>', 'folder with the Amazon files; without it the titles are simulated')
    .option('--domain <name>', 'the domain whose titles are encoded (default: Beauty, Pantry if simulated)')
    .option('--quick', 'fewer items and turns: some minutes in all', false)
    .addOption(threadsOption())
    .addOption(pythonOption('torch and transformers'))
    .addOption(jsonOption())
    .action(language);
}

interface LanguageOptions {
  model?: string;
  data?: string;
  domain?: string;
  quick: boolean;
  threads: number;
  python?: string;
  json: boolean;
}

async function language({
  model = process.env.ELEPHANT_MINILM,
  data,
  domain,
  quick,
  threads,
  python = process.env.ELEPHANT_PYTHON,
  json,
}: LanguageOptions): Promise<void> {
  const { benchLanguage } = await import('./benchLanguage');
  const line = new ProgressLine();
  const { itemTexts } = await titlesOf(data, domain);
  const rows = await benchLanguage({
    model,
    texts: itemTexts.map(({ title }) => title),
    python,
    threads,
    quick,
    signal: interruptSignal(),
    onProgress: (text) => line.print(text),
  });
  const name = `language${quick ? '-quick' : ''}-${threads}-threads`;
  await writeResults(RESULTS_FOLDER, name, { threads, results: rows });
  printRows(rows, json);
}

async function titlesOf(data?: string, domain?: string): Promise<Dataset> {
  if (data !== undefined) return readAmazon(data, domain ?? 'Beauty');
  const { simulateDomain } = await import('../../lib/src/data/simulation');
  return simulateDomain((domain ?? 'Pantry') as DomainName);
}

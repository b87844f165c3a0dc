/** `npm run bench -- language`: which titles are encoded, and how the rows are printed and kept. */
import { type Command, Option } from 'commander';
import { interruptSignal } from '../../lib/src/cli/interrupt';
import { jsonOption } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import type { Dataset } from '../../lib/src/data';
import type { DomainName } from '../../lib/src/data/simulation';
import type { ProviderName } from '../../lib/src/engine/types';
import { readAmazon } from '../../lib/src/data/sources';
import { benchProviderOption, peerPython, pythonOption, threadsOption } from '../options';
import { printRows } from '../printRows';
import { measuredOn, RESULTS_FOLDER, writeResults } from '../results';

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
    .option('--quick', 'fewer items and turns: some minutes in all')
    .addOption(
      new Option('--tiny', 'one tiny model alone, to see that it runs; no file is written').conflicts(
        'quick',
      ),
    )
    .addOption(threadsOption())
    .addOption(benchProviderOption())
    .addOption(pythonOption('torch and transformers'))
    .addOption(jsonOption())
    .action(language);
}

interface LanguageOptions {
  model?: string;
  data?: string;
  domain?: string;
  quick?: true;
  tiny?: true;
  threads: number;
  provider: ProviderName;
  python?: string;
  json: boolean;
}

async function language({
  model = process.env.ELEPHANT_MINILM,
  data,
  domain,
  quick,
  tiny,
  threads,
  provider,
  python,
  json,
}: LanguageOptions): Promise<void> {
  const { benchLanguage } = await import('./benchLanguage');
  const line = new ProgressLine();
  const { itemTexts } = await titlesOf(data, domain);
  const rows = await benchLanguage({
    model,
    texts: itemTexts.map(({ title }) => title),
    python: peerPython(provider, python),
    threads,
    provider,
    size: tiny ? 'tiny' : quick ? 'quick' : 'full',
    signal: interruptSignal(),
    onProgress: (text) => line.print(text),
  });
  const name = `language${quick ? '-quick' : ''}-${measuredOn(provider, threads)}`;
  if (!tiny) await writeResults(RESULTS_FOLDER, name, { provider, threads, results: rows });
  printRows(rows, json);
}

async function titlesOf(data?: string, domain?: string): Promise<Dataset> {
  if (data !== undefined) return readAmazon(data, domain ?? 'Beauty');
  const { simulateDomain } = await import('../../lib/src/data/simulation');
  return simulateDomain((domain ?? 'Pantry') as DomainName);
}

/** `elephant bench`: our speed beside its peers', measured in one run on this machine. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { Dataset } from '../data';
import type { DomainName } from '../data/simulation';
import type { ProviderChoice } from '../engine/types';
import { InputError } from '../errors';
import { interruptSignal } from './interrupt';
import { jsonOption, providerOption, wholeNumber } from './options';
import { ProgressLine } from './progress';

const PYTHON_HELP = 'a Python with torch, for the peer (default: ELEPHANT_PYTHON; without one only ours is measured)';

export function register(program: Command): void {
  const bench = program.command('bench').description('measure speed beside PyTorch, in one run on this machine');
  bench
    .command('engine')
    .description('a training step of transformers in four shapes, or of a deep narrow text encoder')
    .addOption(new Option('--shape <name>', 'which').choices(['transformer', 'encoder']).default('transformer'))
    .option('--threads <n>', 'threads of both sides', wholeNumber('--threads', 1), availableParallelism())
    .option('--rounds <n>', 'turns of each; medians are reported', wholeNumber('--rounds', 7), 7)
    .option('--python <path>', PYTHON_HELP)
    .addOption(providerOption('cpu'))
    .addOption(jsonOption())
    .action(engine);
  bench
    .command('sequential')
    .description('epochs of SASRec and BERT4Rec on a domain')
    .requiredOption('--data <folder>', 'folder with the Amazon files')
    .option('--domain <name>', 'the domain', 'Beauty')
    .option('--epochs <n>', 'epochs of each; medians are reported', wholeNumber('--epochs', 1), 4)
    .option('--only <text>', 'the cases whose name contains this, e.g. CE or BERT4Rec')
    .option('--quick [steps]', 'time so many steps (40) of each instead and scale them to an epoch; no metrics', wholeNumber('--quick', 2))
    .option('--threads <n>', 'threads of both sides', wholeNumber('--threads', 1), availableParallelism())
    .option('--python <path>', PYTHON_HELP)
    .addOption(jsonOption())
    .action(sequential);
  bench
    .command('ranking')
    .description('full ranking with all metrics beside the bare matrix product, widths 64 and 256')
    .requiredOption('--data <folder>', 'folder with the Amazon files')
    .option('--domain <name>', 'the domain', 'Beauty')
    .option('--threads <n>', 'threads of both', wholeNumber('--threads', 1), availableParallelism())
    .addOption(jsonOption())
    .action(ranking);
  bench
    .command('side-by-side')
    .description('two trainings at once, one thread each, against one after another')
    .requiredOption('--data <folder>', 'folder with the Amazon files')
    .option('--domain <name>', 'the domain', 'Beauty')
    .option('--epochs <n>', 'epochs that are timed of each', wholeNumber('--epochs', 1), 2)
    .option('--rounds <n>', 'rounds of both; medians are reported', wholeNumber('--rounds', 1), 3)
    .addOption(jsonOption())
    .action(sideBySide);
  bench
    .command('language')
    .description('encoding item titles and a training step, beside Hugging Face transformers')
    .option('--model <folder>', 'a MiniLM or another sentence encoder (default: ELEPHANT_MINILM; without one its rows are left out)')
    .option('--data <folder>', 'folder with the Amazon files; without it the titles are simulated')
    .option('--domain <name>', 'the domain whose titles are encoded (default: Beauty, Pantry where simulated)')
    .option('--quick', 'fewer items and turns: some minutes in all', false)
    .option('--threads <n>', 'threads of both sides', wholeNumber('--threads', 1), availableParallelism())
    .option('--python <path>', PYTHON_HELP.replace('torch', 'torch and transformers'))
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

async function language({ model = process.env.ELEPHANT_MINILM, data, domain, quick, threads, python = process.env.ELEPHANT_PYTHON, json }: LanguageOptions): Promise<void> {
  const { benchLanguage } = await import('../training/language/benchLanguage');
  const line = new ProgressLine();
  const { itemTexts } = data === undefined
    ? (await import('../data/simulation')).simulateDomain((domain ?? 'Pantry') as DomainName)
    : await (await import('../data/sources')).readAmazon(data, domain ?? 'Beauty', { cache: (await import('../project')).folders.prepared });
  const rows = await benchLanguage({ model, texts: itemTexts.map(({ title }) => title), python, threads, quick, signal: interruptSignal(), onProgress: (text) => line.print(text) });
  print(rows.map((row) => ({ ...row })), json);
}

interface EngineBenchOptions {
  shape: 'transformer' | 'encoder';
  threads: number;
  rounds: number;
  python?: string;
  provider: ProviderChoice;
  json: boolean;
}

async function engine({ shape, threads, rounds, python, provider, json }: EngineBenchOptions): Promise<void> {
  const { benchEngine } = await import('../engine/bench');
  const { ENCODER_SHAPES, encoderJob } = await import('../engine/bench/jobs');
  const line = new ProgressLine();
  const jobs = shape === 'encoder' ? { jobs: ENCODER_SHAPES.map(encoderJob), label: 'encoder' } : {};
  const rows = await benchEngine({ ...jobs, threads, rounds, python, provider, onProgress: (text) => line.print(text) });
  print(rows.map((row) => ({ ...row })), json);
}

interface OnDomain {
  data: string;
  domain: string;
  threads: number;
  json: boolean;
}

async function sequential({ data, domain, epochs, only = '', quick, threads, python = process.env.ELEPHANT_PYTHON, json }: OnDomain & { epochs: number; only?: string; quick?: number | true; python?: string }): Promise<void> {
  const { BENCH_CASES, benchSequential } = await import('../training/recommender/benchSequential');
  const cases = BENCH_CASES.filter(({ name }) => name.includes(only));
  if (cases.length === 0) throw new InputError('bench --only', `expected part of the name of a case, got "${only}"`, `Known: ${BENCH_CASES.map(({ name }) => name).join('; ')}`);
  const line = new ProgressLine();
  const dataset = await read(data, domain);
  const rows = await benchSequential(dataset, { cases, epochs, quick: quick === true ? 40 : quick, threads, python, onProgress: (text: string) => line.print(text), signal: interruptSignal() });
  print(rows.map((row) => ({ ...row })), json);
}

async function ranking({ data, domain, threads, json }: OnDomain): Promise<void> {
  const { benchRanking } = await import('../training/recommender/bench/ranking');
  const line = new ProgressLine();
  const rows = await benchRanking(await read(data, domain), { threads, onProgress: (text) => line.print(text) });
  print(rows.map((row) => ({ ...row })), json);
}

async function sideBySide({ data, domain, epochs, rounds, json }: OnDomain & { epochs: number; rounds: number }): Promise<void> {
  const { benchSideBySide } = await import('../training/recommender/bench/sideBySide');
  const line = new ProgressLine();
  const row = await benchSideBySide(await read(data, domain), { epochs, rounds, onProgress: (text) => line.print(text), signal: interruptSignal() });
  print([{ ...row }], json);
}

async function read(data: string, domain: string): Promise<Dataset> {
  const { readAmazon } = await import('../data/sources');
  const { folders } = await import('../project');
  return readAmazon(data, domain, { cache: folders.prepared });
}

/** Rows as JSON, or as lines of "name value" pairs. */
function print(rows: readonly Record<string, unknown>[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const text = (value: unknown): string => (typeof value === 'number' ? String(Number(value.toPrecision(4))) : typeof value === 'object' ? JSON.stringify(value) : String(value));
  for (const row of rows) {
    const parts = Object.entries(row).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => `${name} ${text(value)}`);
    process.stdout.write(`${parts.join('  ')}\n`);
  }
}

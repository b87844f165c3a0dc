/**
 * `elephant bench`: our speed beside its peers', measured in one run on this machine; and our metrics beside
 * published ones.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Dataset } from '../data';
import type { DomainName } from '../data/simulation';
import type { StepJob } from '../engine/bench/compiledStep';
import type { BenchJob } from '../engine/bench/jobs';
import type { ProviderChoice } from '../engine/types';
import { InputError } from '../errors';
import { registerPublished } from './benchPublished';
import { interruptSignal } from './interrupt';
import { jsonOption, providerOption, wholeNumber } from './options';
import { ProgressLine } from './progress';

const PYTHON_HELP =
  'a Python with torch, for the peer (default: ELEPHANT_PYTHON; without one only ours is measured)';

export function register(program: Command): void {
  const bench = program
    .command('bench')
    .description('measure speed beside PyTorch, in one run on this machine; metrics beside published ones');
  bench
    .command('engine')
    .description('a training step of transformers in four shapes, or of a deep narrow text encoder')
    .addOption(
      new Option('--shape <name>', 'which').choices(['transformer', 'encoder']).default('transformer'),
    )
    .option('--threads <n>', 'threads of both sides', wholeNumber('--threads', 1), availableParallelism())
    .option('--rounds <n>', 'turns of each; medians are reported', wholeNumber('--rounds', 7), 7)
    .option('--python <path>', PYTHON_HELP)
    .addOption(providerOption('cpu'))
    .addOption(
      instead('--profile', 'where the time of these steps goes, by operator', ['python', 'provider']),
    )
    .addOption(instead('--passes', 'what each graph pass gains: a step with all passes and with all but one'))
    .addOption(instead('--adam', 'memory bandwidth of Adam on a table of 200,000 x 64'))
    .addOption(
      instead('--starts', 'trace and session of a 12-layer Longformer, and the step of the smallest model'),
    )
    .addOption(jsonOption())
    .action(engine);
  bench
    .command('sequential')
    .description('epochs of SASRec and BERT4Rec on a domain')
    .requiredOption('--data <folder>', 'folder with the Amazon files')
    .option('--domain <name>', 'the domain', 'Beauty')
    .option('--epochs <n>', 'epochs of each; medians are reported', wholeNumber('--epochs', 1), 4)
    .option('--only <text>', 'the cases whose name contains this, e.g. CE or BERT4Rec')
    .option('--dim <n>', 'width of both', wholeNumber('--dim', 1), 64)
    .option(
      '--quick [steps]',
      'time so many steps (40) of each instead and scale them to an epoch; no metrics',
      wholeNumber('--quick', 2),
    )
    .option('--threads <n>', 'threads of both sides', wholeNumber('--threads', 1), availableParallelism())
    .option('--python <path>', PYTHON_HELP)
    .addOption(jsonOption())
    .action(sequential);
  registerPublished(bench);
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
    .option(
      '--model <folder>',
      'a MiniLM or another sentence encoder (default: ELEPHANT_MINILM; without one its rows are left out)',
    )
    .option('--data <folder>', 'folder with the Amazon files; without it the titles are simulated')
    .option(
      '--domain <name>',
      'the domain whose titles are encoded (default: Beauty, Pantry where simulated)',
    )
    .option('--quick', 'fewer items and turns: some minutes in all', false)
    .option('--threads <n>', 'threads of both sides', wholeNumber('--threads', 1), availableParallelism())
    .option('--python <path>', PYTHON_HELP.replace('torch', 'torch and transformers'))
    .addOption(jsonOption())
    .action(language);
}

const INSTEAD = ['profile', 'passes', 'adam', 'starts'];

/**
 * An option of `bench engine` that measures something else than steps beside PyTorch's, and has no use for
 * some other options.
 */
function instead(
  flag: string,
  description: string,
  useless: readonly string[] = ['shape', 'python', 'provider'],
): Option {
  const option = new Option(flag, `instead, ${description}`).default(false);
  return option.conflicts([...INSTEAD.filter((name) => name !== option.attributeName()), ...useless]);
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
  const { benchLanguage } = await import('../training/language/benchLanguage');
  const line = new ProgressLine();
  const { itemTexts } =
    data === undefined
      ? (await import('../data/simulation')).simulateDomain((domain ?? 'Pantry') as DomainName)
      : await (
          await import('../data/sources')
        ).readAmazon(data, domain ?? 'Beauty', { cache: (await import('../project')).folders.prepared });
  const rows = await benchLanguage({
    model,
    texts: itemTexts.map(({ title }) => title),
    python,
    threads,
    quick,
    signal: interruptSignal(),
    onProgress: (text) => line.print(text),
  });
  await record(`language${quick ? '-quick' : ''}-${threads}-threads`, { threads, results: rows });
  print(
    rows.map((row) => ({ ...row })),
    json,
  );
}

interface EngineBenchOptions {
  shape: 'transformer' | 'encoder';
  threads: number;
  rounds: number;
  python?: string;
  provider: ProviderChoice;
  profile: boolean;
  passes: boolean;
  adam: boolean;
  starts: boolean;
  json: boolean;
}

async function engine({ json, ...options }: EngineBenchOptions): Promise<void> {
  if (options.profile) return engineProfile({ json, ...options });
  const rows = await engineRows(options);
  print(
    rows.map((row) => ({ ...row })),
    json,
  );
}

async function engineRows({
  shape,
  threads,
  rounds,
  python,
  provider,
  passes,
  adam,
  starts,
}: Omit<EngineBenchOptions, 'json' | 'profile'>): Promise<readonly object[]> {
  const line = new ProgressLine();
  const common = { threads, rounds, onProgress: (text: string) => line.print(text) };
  if (passes) return (await import('../engine/bench/passes')).benchPasses(common);
  if (adam) return (await import('../engine/bench/adam')).benchAdam(common);
  if (starts) {
    const jobs = await Promise.all([longformerStart(768, 50_265), longformerStart(48, 1500)]);
    return (await import('../engine/bench/starts')).benchStarts({ ...common, jobs });
  }
  const { benchEngine } = await import('../engine/bench');
  return benchEngine({ ...common, ...(await stepsOf(shape)), python, provider });
}

async function engineProfile({
  shape,
  threads,
  rounds,
  json,
}: Pick<EngineBenchOptions, 'shape' | 'threads' | 'rounds' | 'json'>): Promise<void> {
  const { benchProfile } = await import('../engine/bench/profile');
  const line = new ProgressLine();
  const steps = await benchProfile({
    threads,
    rounds,
    ...(await stepsOf(shape)),
    onProgress: (text) => line.print(text),
  });
  process.stdout.write(
    json ? `${JSON.stringify(steps)}\n` : (await import('./benchProfile')).profileTable(steps),
  );
}

/** What a bench is told to step; nothing for the transformers, its default. */
async function stepsOf(
  shape: EngineBenchOptions['shape'],
): Promise<{ jobs?: readonly BenchJob[]; label?: string }> {
  if (shape === 'transformer') return {};
  const { ENCODER_SHAPES, encoderJob } = await import('../engine/bench/jobs');
  return { jobs: ENCODER_SHAPES.map(encoderJob), label: shape };
}

/**
 * Masked-token training of a Longformer, rows long enough for its banded attention. Its weights are zeros: it
 * is not run.
 */
export async function longformerStart(
  hidden: number,
  vocabulary: number,
  layers = 12,
): Promise<Pick<StepJob, 'name' | 'program' | 'parameters'>> {
  const { RECFORMER_BASE } = await import('../models/encoder/config');
  const { encoderShapes, languageHeadShapes } = await import('../models/encoder/parameters');
  const { pretrainingProgram } = await import('../models/recformer/pretrainingProgram');
  const { adamW, clipByGlobalNorm } = await import('../engine/optimizers');
  const config = {
    ...RECFORMER_BASE,
    layers,
    hidden,
    intermediate: 4 * hidden,
    vocabulary,
    tokenTypes: 1,
    itemPositions: 0,
  };
  const shape = { rows: 4, rowLength: 512, slots: 4, labels: 320, pairs: 0 };
  const shapes = Object.entries({ ...encoderShapes(config), ...languageHeadShapes(config) });
  return {
    name:
      `Longformer of ${layers} layers d${hidden} V${vocabulary}, ${shape.rows} x ${shape.rowLength} ` +
      'tokens',
    program: pretrainingProgram(config, shape, {
      optimizer: clipByGlobalNorm(adamW({ learningRate: 1e-4 }), 1),
      trainable: () => true,
    }),
    parameters: () =>
      Object.fromEntries(
        shapes.map(([name, size]) => [
          name,
          {
            shape: [...size],
            dtype: 'float32' as const,
            data: new Float32Array(size.reduce((a, b) => a * b, 1)),
          },
        ]),
      ),
  };
}

interface OnDomain {
  data: string;
  domain: string;
  threads: number;
  json: boolean;
}

async function sequential({
  data,
  domain,
  epochs,
  only = '',
  dim,
  quick,
  threads,
  python = process.env.ELEPHANT_PYTHON,
  json,
}: OnDomain & {
  epochs: number;
  only?: string;
  dim: number;
  quick?: number | true;
  python?: string;
}): Promise<void> {
  const { BENCH_CASES, benchSequential } = await import('../training/recommender/benchSequential');
  const cases = BENCH_CASES.filter(({ name }) => name.includes(only));
  if (cases.length === 0)
    throw new InputError(
      'bench --only',
      `expected part of the name of a case, got "${only}"`,
      `Known: ${BENCH_CASES.map(({ name }) => name).join('; ')}`,
    );
  const line = new ProgressLine();
  const dataset = await read(data, domain);
  const rows = await benchSequential(dataset, {
    cases,
    options: { dim },
    epochs,
    quick: quick === true ? 40 : quick,
    threads,
    python,
    onProgress: (text: string) => line.print(text),
    signal: interruptSignal(),
  });
  if (only === '')
    await record(
      `sequential-${domain}${dim === 64 ? '' : `-d${dim}`}${quick === undefined ? '' : '-quick'}-${threads}-threads`,
      { domain, dim, threads, results: rows },
    );
  print(
    rows.map((row) => ({ ...row })),
    json,
  );
}

async function ranking({ data, domain, threads, json }: OnDomain): Promise<void> {
  const { benchRanking } = await import('../training/recommender/bench/ranking');
  const line = new ProgressLine();
  const rows = await benchRanking(await read(data, domain), {
    threads,
    onProgress: (text) => line.print(text),
  });
  await record(`ranking-${domain}-${threads}-threads`, { domain, threads, results: rows });
  print(
    rows.map((row) => ({ ...row })),
    json,
  );
}

async function sideBySide({
  data,
  domain,
  epochs,
  rounds,
  json,
}: OnDomain & { epochs: number; rounds: number }): Promise<void> {
  const { benchSideBySide } = await import('../training/recommender/bench/sideBySide');
  const line = new ProgressLine();
  const row = await benchSideBySide(await read(data, domain), {
    epochs,
    rounds,
    onProgress: (text) => line.print(text),
    signal: interruptSignal(),
  });
  await record(`side-by-side-${domain}`, { domain, epochs, rounds, results: [row] });
  print([{ ...row }], json);
}

/** Leaves what was measured, with the machine, in bench/results. `bench engine` does so itself. */
async function record(name: string, measured: object): Promise<void> {
  const { projectRoot } = await import('../project');
  await (
    await import('../engine/bench/results')
  ).writeResults(join(projectRoot, 'bench', 'results'), name, measured);
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
  const text = (value: unknown): string =>
    typeof value === 'number'
      ? String(Number(value.toPrecision(4)))
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  for (const row of rows) {
    const parts = Object.entries(row)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `${name} ${text(value)}`);
    process.stdout.write(`${parts.join('  ')}\n`);
  }
}

/** `npm run bench -- engine`: what of the engine is measured, and how the rows are printed. */
import { type Command, Option } from 'commander';
import { jsonOption, precisionOption, wholeNumber } from '../../lib/src/cli/options';
import { ProgressLine } from '../../lib/src/cli/progress';
import type { Precision, ProviderName } from '../../lib/src/engine/types';
import { benchProviderOption, peerPython, pythonOption, threadsOption } from '../options';
import { printRows } from '../printRows';
import type { BenchJob } from './jobs';

export function registerEngine(bench: Command): void {
  bench
    .command('engine')
    .description(
      'a training step of transformers in four shapes, of a deep narrow text encoder, or of a tiny ' +
        'transformer, to see that it runs',
    )
    .addOption(
      new Option('--shape <name>', 'which')
        .choices(['transformer', 'encoder', 'tiny'])
        .default('transformer'),
    )
    .addOption(threadsOption())
    .option('--rounds <n>', 'turns of each; medians are reported', wholeNumber('--rounds', 7), 7)
    .addOption(pythonOption())
    .addOption(benchProviderOption())
    .addOption(precisionOption())
    .addOption(
      instead('--profile', 'where the time of these steps goes, by operator', [
        'python',
        'provider',
        'precision',
      ]),
    )
    .addOption(instead('--passes', 'what each graph pass gains: a step with all passes and with all but one'))
    .addOption(instead('--adam', 'memory bandwidth of Adam on a table of 200,000 x 64'))
    .addOption(
      instead('--starts', 'trace and session of a 12-layer Longformer, and the step of the smallest model'),
    )
    .addOption(jsonOption())
    .action(engine);
}

const INSTEAD = ['profile', 'passes', 'adam', 'starts'];

/** An option that measures something else than steps beside PyTorch's, and excludes the `useless` ones. */
function instead(
  flag: string,
  description: string,
  useless: readonly string[] = ['shape', 'python', 'provider', 'precision'],
): Option {
  const option = new Option(flag, `instead, ${description}`).default(false);
  return option.conflicts([...INSTEAD.filter((name) => name !== option.attributeName()), ...useless]);
}

interface EngineBenchOptions {
  shape: 'transformer' | 'encoder' | 'tiny';
  threads: number;
  rounds: number;
  python?: string;
  provider: ProviderName;
  precision: Precision;
  profile: boolean;
  passes: boolean;
  adam: boolean;
  starts: boolean;
  json: boolean;
}

async function engine(options: EngineBenchOptions): Promise<void> {
  if (options.profile) await printProfile(options);
  else printRows(await rowsOf(options), options.json);
}

async function rowsOf(options: EngineBenchOptions): Promise<readonly object[]> {
  const common = measuring(options);
  if (options.passes) return (await import('./passes')).benchPasses(common);
  if (options.adam) return (await import('./adam')).benchAdam(common);
  if (options.starts) {
    const { longformerStart } = await import('./longformerStart');
    const jobs = [longformerStart(768, 50_265), longformerStart(48, 1500)];
    return (await import('./starts')).benchStarts({ ...common, jobs });
  }
  const { shape, python, provider, precision } = options;
  const { benchEngine } = await import('./benchEngine');
  return benchEngine({
    ...common,
    ...(await stepsOf(shape)),
    python: peerPython(provider, python),
    provider,
    precision,
  });
}

async function printProfile(options: EngineBenchOptions): Promise<void> {
  const { benchProfile } = await import('./profile');
  const steps = await benchProfile({ ...measuring(options), ...(await stepsOf(options.shape)) });
  const { profileTable } = await import('./profileTable');
  process.stdout.write(options.json ? `${JSON.stringify(steps)}\n` : profileTable(steps));
}

/** What all of them are told. */
function measuring({ threads, rounds }: EngineBenchOptions): {
  threads: number;
  rounds: number;
  onProgress: (text: string) => void;
} {
  const line = new ProgressLine();
  return { threads, rounds, onProgress: (text) => line.print(text) };
}

/** What a bench is told to step; nothing for the transformers, its default. */
async function stepsOf(
  shape: EngineBenchOptions['shape'],
): Promise<{ jobs?: readonly BenchJob[]; label?: string }> {
  if (shape === 'transformer') return {};
  const { ENCODER_SHAPES, encoderJob, transformerJob } = await import('./jobs');
  if (shape === 'tiny')
    return { jobs: [transformerJob({ batch: 4, length: 5, dim: 8, items: 20 })], label: shape };
  return { jobs: ENCODER_SHAPES.map(encoderJob), label: shape };
}

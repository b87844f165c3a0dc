/** `elephant release` retrains the language models that come with the project (data/models). */
import type { Command } from 'commander';
import { duration } from '../duration';
import { InputError } from '../errors';
import { interruptSignal } from './interrupt';
import { jsonOption, profileSetOption, workersOption } from './options';
import { ProgressLine } from './progress';

interface Options {
  profile: string;
  set: string[];
  only?: string[];
  out?: string;
  workers: number;
  json: boolean;
}

export function register(program: Command): void {
  program
    .command('release')
    .description(
      'retrain the language models that come with the project: LF, PT, and PT on the large shares of ' +
        'Figure 2',
    )
    .option('--profile <name>', 'the profile that sets the language model and its pre-training', 'mini')
    .addOption(profileSetOption())
    .option('--only <names...>', 'some of LF, PT, PT-50, PT-20, PT-10')
    .option('--out <folder>', 'output folder (default for mini without overrides: data/models)')
    .addOption(workersOption())
    .addOption(jsonOption())
    .action(run);
}

async function run({ profile: name, set, only, out, workers, json }: Options): Promise<void> {
  const { profile } = await import('../experiments/profiles');
  const { release } = await import('../experiments/release');
  const { Store } = await import('../pipeline/store');
  const { describeStatus } = await import('../report/display/progress');
  const { folders } = await import('../project');
  if (out === undefined && (name !== 'mini' || set.length > 0)) {
    throw new InputError(
      '--out',
      'expected a folder: data/models is for the models of mini without overrides',
      'For example --out data/models-other',
    );
  }
  const line = new ProgressLine();
  const models = await release(profile(name, set), {
    store: new Store(process.env.ELEPHANT_STORE ?? folders.store),
    folder: out ?? folders.models,
    only,
    workers,
    signal: interruptSignal(),
    onUpdate: (status) => line.update(describeStatus(status)),
    onWarning: (warning) => line.print(warning),
  });
  line.print();
  if (json) process.stdout.write(`${JSON.stringify(models)}\n`);
  else
    for (const [model, { file, bytes, seconds }] of Object.entries(models))
      process.stdout.write(
        `${model}: ${file}, ${(bytes / 1e6).toFixed(1)} MB, trained in ${duration(seconds)}\n`,
      );
}

/** `elephant run` computes a profile's stages without notebooks and report; `elephant plan` says beforehand what that would be. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { interruptSignal } from './interrupt';
import { jsonOption, wholeNumber } from './options';
import { duration, ProgressLine } from './progress';

interface RunOptions {
  profile: string;
  set: string[];
  workers: number;
  data?: string;
  model?: string;
  json: boolean;
}

export function register(program: Command): void {
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--profile <name>', 'how large: smoke, mini, study, real or paper', 'mini')
      .option('--set <key=value...>', 'override a value of the profile, for example recommender.epochs=3', [] as string[])
      .option('--workers <n>', 'processes side by side', wholeNumber('--workers', 1, 1024), availableParallelism())
      .option('--data <folder>', 'profiles real and paper: folder with the Amazon files (default: ELEPHANT_DATA)')
      .option('--model <folder>', 'profiles real and paper: folder of the language model (default: ELEPHANT_MODEL)')
      .addOption(jsonOption());
  command('run', 'compute all stages of a profile').action(run);
  command('plan', 'show the stages of a profile and what is still to be computed; computes nothing').action(plan);
}

async function run({ profile, set, workers, data, model, json }: RunOptions): Promise<void> {
  const { open } = await import('../experiments/session');
  const { describeStatus } = await import('../report/display/progress');
  const { StagesFailed } = await import('../experiments/runner');
  const line = new ProgressLine();
  const session = open({ profile, set, workers, data, model, signal: interruptSignal() });
  const started = performance.now();
  const before = session.plan();
  try {
    await session.run(session.nodes(), (status) => line.update(describeStatus(status)));
  } catch (error) {
    if (!(error instanceof StagesFailed)) throw error;
    line.print(error.message);
    for (const { label, stack } of error.failures) line.print(`\n${label}\n${stack}`);
    process.exitCode = 1;
  }
  const after = session.plan();
  const seconds = (performance.now() - started) / 1000;
  line.print(`${profile}: ${after.stages} stages, ${before.missing - after.missing} computed now, ${after.missing} missing; ${duration(seconds)}`);
  if (json) process.stdout.write(`${JSON.stringify({ profile, stages: after.stages, computed: before.missing - after.missing, missing: after.missing, seconds })}\n`);
}

async function plan({ profile, set, workers, data, model, json }: RunOptions): Promise<void> {
  const { open } = await import('../experiments/session');
  const { kinds, ...total } = open({ profile, set, workers, data, model }).plan();
  if (json) {
    process.stdout.write(`${JSON.stringify({ profile, ...total, kinds })}\n`);
    return;
  }
  const row = (name: string, stages: string, missing: string, seconds: string): string => `${name.padEnd(14)}${stages.padStart(8)}${missing.padStart(9)}${seconds.padStart(12)}\n`;
  process.stdout.write(row('kind', 'stages', 'missing', 'time left'));
  for (const { kind, stages, missing, seconds } of kinds) {
    process.stdout.write(row(kind, String(stages), String(missing), missing === 0 ? '' : seconds === undefined ? 'unknown' : duration(seconds)));
  }
  const left = total.missing === 0 ? '' : total.seconds === undefined ? 'unknown' : duration(total.seconds);
  process.stdout.write(row('all', String(total.stages), String(total.missing), left));
  process.stdout.write(`With ${workers} worker processes. A kind's time is its measured mean over stages in this store; "unknown" where none has run here yet.\n`);
}

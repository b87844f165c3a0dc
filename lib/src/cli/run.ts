/**
 * `elephant run` computes a profile's stages without notebooks and report, or lists its options; `elephant
 * plan` estimates the cost beforehand.
 */
import { Option, type Command } from 'commander';
import { duration } from '../duration';
import type { Precision, ProviderName } from '../engine/types';
import { InputError } from '../errors';
import type { StoreSession } from '../experiments/openProfile';
import type { Plan } from '../experiments/plan';
import { folders } from '../project';
import { addProfileOptions, givenProfile, type ProfileOptions } from './givenProfile';
import { interruptSignal } from './interrupt';
import { checkAllFolders, checkNamedFolders } from './namedFolders';
import {
  jsonOption,
  memoryOption,
  precisionOption,
  profileProviderOption,
  queueOption,
  sharedStoreOption,
  workersOption,
} from './options';
import { planText } from './planText';
import { ProgressLine } from './progress';
import { sayWhatWasRead } from './readerOptions';
import { megabytes } from './scalingText';

/**
 * Fewer stages of the embedded data than this are run without an estimate: measuring the machine would take
 * as long.
 */
const FEWEST_PLANNED = 50;

/** What is left after the coordinator was interrupted. */
const KEPT_ON_QUEUE = 'workers finish what is on the queue; the next run continues from there';

interface RunOptions extends ProfileOptions {
  workers: number;
  provider: ProviderName;
  precision: Precision;
  /** Limit in bytes. */
  memory?: number;
  json: boolean;
}

/** Options of `plan` alone. */
interface PlanOptions {
  schema: boolean;
  graph?: boolean;
  device?: string;
}

/** Options of `run` alone. */
interface ClusterOptions {
  queue?: string;
  store?: string;
}

export function register(program: Command): void {
  const command = (name: string, description: string): Command =>
    addProfileOptions(program.command(name).description(description))
      .addOption(profileProviderOption())
      .addOption(precisionOption())
      .addOption(workersOption())
      .addOption(memoryOption())
      .addOption(jsonOption());
  command('run', 'compute all stages of a profile')
    .option(
      '--options',
      'compute nothing: print every value of the profile that --set takes, with allowed values and its ' +
        'meaning',
      false,
    )
    .addOption(queueOption().conflicts('workers'))
    .addOption(sharedStoreOption())
    .action(({ options, ...given }: RunOptions & ClusterOptions & { options: boolean }) =>
      options ? printOptions(given) : run(given),
    );
  command('plan', 'show the stages of a profile and the missing ones; computes nothing')
    .option('--schema', 'print the JSON schema of the profile instead', false)
    .addOption(
      new Option('--graph', 'print the graph of the stages instead, as Mermaid text').conflicts('schema'),
    )
    .addOption(
      new Option(
        '--device <name>',
        'estimate for a GPU from its published rates (H100, A100, ...; with --provider cuda or webgpu), or ' +
          'for this machine (measured); also for up to 64 machines',
      ).conflicts(['schema', 'graph']),
    )
    .action(({ schema, graph, ...given }: RunOptions & PlanOptions) =>
      schema ? printSchema(given) : graph ? printGraph(given) : plan(given),
    );
}

async function printSchema({ profile, set }: RunOptions): Promise<void> {
  const { profileJsonSchema } = await import('./profileJsonSchema');
  process.stdout.write(`${JSON.stringify(profileJsonSchema(profile, set), undefined, 2)}\n`);
}

async function printOptions({ profile, set, json }: RunOptions): Promise<void> {
  const { profileOptions, profileOptionsText } = await import('./profileOptions');
  const options = profileOptions(profile, set);
  process.stdout.write(json ? `${JSON.stringify({ profile, options })}\n` : profileOptionsText(options));
}

async function run(options: RunOptions & ClusterOptions): Promise<void> {
  const { profile, workers, provider, precision, memory, queue, store } = options;
  const { openProfile } = await import('../experiments/openProfile');
  const line = new ProgressLine();
  const cluster = await clusterOf(queue, store);
  const session = openProfile({
    ...givenProfile(options),
    ...{ workers, provider, precision, cluster },
    store: cluster?.store.local.folder,
    signal: interruptSignal(queue === undefined ? undefined : KEPT_ON_QUEUE),
  });
  checkAllFolders(session.profile);
  if (memory !== undefined) await session.requireMemory(memory);
  const before = session.progress();
  // Other machines are not measured.
  const planned = cluster === undefined ? await estimate(session, before.missing, line) : undefined;
  if (planned !== undefined) printPlan(profile, planned, line);
  const started = performance.now();
  const found = await compute(session, line);
  const seconds = (performance.now() - started) / 1000;
  const read = await printReports(session, line);
  const { stages, missing } = session.progress();
  const computed = cluster === undefined ? before.missing - missing : Math.max(0, stages - missing - found);
  const summary = { profile, stages, computed, missing, seconds, estimatedSeconds: planned?.seconds ?? null };
  printSummary(summary, line);
  if (missing === 0 && session.profile.own !== undefined)
    line.print('elephant show table3, with the same options, prints the results');
  if (missing === 0) await (await import('../experiments/results/exportResults')).exportResults(session);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...summary, read })}\n`);
}

/** The cost of a run on this machine; undefined if it is too small to be worth measuring the machine. */
async function estimate(
  session: StoreSession,
  missing: number,
  line: ProgressLine,
): Promise<Plan | undefined> {
  if (missing < FEWEST_PLANNED && (missing === 0 || session.profile.given === undefined)) return undefined;
  line.update('measuring how fast this machine is');
  return session.plan();
}

function printPlan(profile: string, planned: Plan, line: ProgressLine): void {
  const { missing, stages, seconds, bytes, kinds } = planned;
  line.print(
    `${profile}: ${missing} of ${stages} stages to compute, estimated ${duration(seconds)}, ` +
      `${megabytes(bytes)} at most`,
  );
  for (const kind of kinds)
    if (kind.missing > 0 && kind.flop > 0)
      line.print(
        `  ${kind.kind}: ${kind.missing}, ${kind.flop.toExponential(1)} FLOP, ` +
          `${megabytes(kind.bytes)}, ${duration(kind.seconds)} of a worker`,
      );
}

/** Computes what is missing; stages that fail are printed. Returns how many were in the store. */
async function compute(session: StoreSession, line: ProgressLine): Promise<number> {
  const { describeStatus } = await import('../report/display/progress');
  const { StagesFailed } = await import('../pipeline/runState');
  let found = 0;
  try {
    await session.run(session.nodes(), (status) => {
      found = status.fromStore;
      line.update(describeStatus(status));
    });
  } catch (error) {
    if (!(error instanceof StagesFailed)) throw error;
    line.print(error.message);
    for (const { label, message, stack } of error.failures)
      if (stack !== message) line.print(`\n${label}\n${stack}`);
    process.exitCode = 1;
  }
  return found;
}

/** What was read of a user's files, printed and returned. */
async function printReports(
  session: StoreSession,
  line: ProgressLine,
): Promise<ReturnType<StoreSession['readReports']>> {
  const read = session.readReports();
  for (const { domain, report } of read) {
    line.print(`${domain}:`);
    await sayWhatWasRead(report, line);
  }
  return read;
}

interface Summary {
  profile: string;
  stages: number;
  computed: number;
  missing: number;
  seconds: number;
  estimatedSeconds: number | null;
}

function printSummary(
  { profile, stages, computed, missing, seconds, estimatedSeconds }: Summary,
  line: ProgressLine,
): void {
  const estimated = estimatedSeconds === null ? '' : ` (estimated ${duration(estimatedSeconds)})`;
  line.print(
    `${profile}: ${stages} stages, ${computed} computed now, ${missing} missing; ` +
      `${duration(seconds)}${estimated}`,
  );
}

/** The queue and store of other machines; undefined for a run on this one. */
async function clusterOf(queue?: string, place?: string) {
  if (queue === undefined && place === undefined) return undefined;
  if (queue === undefined || place === undefined)
    throw new InputError(
      queue === undefined ? '--store' : '--queue',
      'expected --queue and --store together, got one of them',
      'For a run on this machine alone, ELEPHANT_STORE names another folder',
    );
  const { openSharedStore } = await import('../pipeline/sharedStore');
  return { queue, store: await openSharedStore(place, process.env.ELEPHANT_STORE ?? folders.store) };
}

async function printGraph(options: RunOptions): Promise<void> {
  const { openProfile } = await import('../experiments/openProfile');
  const { stageGraph } = await import('../experiments/stageGraph');
  const { profile, workers, provider, precision, json } = options;
  const session = openProfile({ ...givenProfile(options), workers, provider, precision });
  checkNamedFolders(session.profile);
  const graph = stageGraph(session.nodes());
  process.stdout.write(json ? `${JSON.stringify({ profile, graph })}\n` : graph);
}

async function plan(options: RunOptions & Pick<PlanOptions, 'device'>): Promise<void> {
  const { profile, workers, provider, precision, device, memory, json } = options;
  const { openProfile } = await import('../experiments/openProfile');
  const session = openProfile({ ...givenProfile(options), workers, provider, precision });
  checkNamedFolders(session.profile);
  const planned = await session.plan({ device, memoryBytes: memory });
  if (json) {
    const { kinds, ...total } = planned;
    process.stdout.write(`${JSON.stringify({ profile, workers, ...total, kinds })}\n`);
    return;
  }
  process.stdout.write(planText(profile, workers, planned));
}

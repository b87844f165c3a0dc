/**
 * What a profile needs, before anything runs: stages, FLOP, memory and time by kind, from the sizes
 * (costs/work.ts) and a speed. The speed of this machine is measured in a short calibration, and corrected by
 * what stages of a kind have taken in this store. That of a GPU that is not here follows from its published
 * rates.
 */
import { calibration, type Calibration } from './costs/calibrate';
import { deviceCost, type DeviceCost, type DeviceSeconds } from './costs/deviceTime';
import { type Assumption, ASSUMPTIONS, type DeviceRates } from './costs/devices';
import { PROCESS_BYTES } from './costs/memory';
import { stagesTooLarge, type TooLarge } from './costs/memoryCheck';
import { criticalPath, RUNNER_OVERHEAD, schedule, type Estimate } from './costs/schedule';
import { sizesInStore } from './costs/sizesInStore';
import { workOf, type Work } from './costs/work';
import type { Profile } from './profiles';
import { remembered } from './remembered';
import { closure, type StageNode } from '../pipeline/stage';
import type { Store } from '../pipeline/store';

export interface KindPlan {
  readonly kind: string;
  readonly stages: number;
  readonly missing: number;
  /** Of the missing stages: seconds of one worker that computes them in turn. */
  readonly seconds: number;
  /** Of the missing stages that mostly do arithmetic. */
  readonly flop: number;
  /** Of the largest missing stage; of the device's memory if it computes on a published one. */
  readonly bytes: number;
  /** Read and written in memory by the missing stages; undefined if it was not asked for. */
  readonly movedBytes: number | undefined;
  /** What the seconds on a published device are spent on; undefined for the CPU. */
  readonly spentOn: DeviceSeconds | undefined;
  /** Time of finished stages, as a multiple of their estimate; undefined if none has run. */
  readonly measured: number | undefined;
}

/** A stage that is missing, with what its kind's line sums up. */
export interface StagePlan {
  readonly label: string;
  readonly kind: string;
  readonly onDevice: boolean;
  readonly seconds: number;
  readonly flop: number;
  readonly bytes: number;
  readonly movedBytes: number | undefined;
  readonly spentOn: DeviceSeconds | undefined;
}

/** The schedule played through on several machines. */
export interface ScalingRow {
  readonly machines: number;
  readonly seconds: number;
  /** Time on one machine divided by the time on these. */
  readonly speedup: number;
}

export interface Plan {
  readonly stages: number;
  readonly missing: number;
  /** Until everything is computed with the given workers. */
  readonly seconds: number;
  /** Of this machine at once, over all processes. */
  readonly bytes: number;
  readonly kinds: readonly KindPlan[];
  /** What was chosen for missing stages, a sentence each. */
  readonly choices: readonly string[];
  readonly each: readonly StagePlan[];
  /** Machines with as many processes as given, and a device each. */
  readonly scaling: readonly ScalingRow[];
  /** The longest chain of stages that wait for each other: no number of machines is quicker. */
  readonly criticalPath: { readonly seconds: number; readonly stages: readonly string[] };
  /** The published device that was planned for, with what was assumed of it. */
  readonly device?: DeviceRates & {
    readonly assumptions: readonly Assumption[];
  };
  /** Of trainings, unless single; planText says what of it is counted. */
  readonly precision?: 'mixed';
  /** What was compared with a limit, or with the memory of a published device. */
  readonly memory?: { readonly limitBytes: number; readonly tooLarge: readonly TooLarge[] };
}

export interface PlanOptions {
  /** Processes side by side. */
  readonly workers: number;
  /** Of a published device; the speed of this machine is measured otherwise. */
  readonly rates?: DeviceRates;
  /** Compare each stage's memory with this; with the device's by default. */
  readonly memoryBytes?: number;
  /** Count the bytes that programs move, which takes some seconds; always done for a published device. */
  readonly moved?: boolean;
  /** Ends the measuring of this machine. */
  readonly signal?: AbortSignal;
}

/** Machines that the schedule is played through for. */
const MACHINES = [1, 2, 4, 8, 16, 32, 64];
/** Seconds of stages that are no training, on the machine that the calibration's constants are from. */
const SMALL: Readonly<Record<string, number>> = {
  scoreboard: 1,
  attention: 2,
  tokenizer: 1,
  oracle: 0.5,
  amazonDataset: 2,
  ownDataset: 2,
  givenLanguage: 1,
  lexical: 0.3,
};
/** Speed of two threads on one stage by that of one. */
const TWO_THREADS = 1.5;
/** Before a language stage's first update: model, tokens, programs of each shape. */
const LANGUAGE_START = 1.5;

export async function planOf(
  targets: readonly StageNode[],
  profile: Profile,
  store: Store,
  { workers, rates, memoryBytes = rates?.memoryBytes, moved = rates !== undefined, signal }: PlanOptions,
): Promise<Plan> {
  const nodes = closure(targets);
  const missing = nodes.filter((node) => !store.has(node));
  const sizes = sizesInStore(profile, store);
  const works = new Map(nodes.map((node) => [node.key, workOf(node, profile, sizes)]));
  const needsSpeed = missing.length > 0 && rates === undefined;
  const speed = needsSpeed ? await calibration(profile, store.folder, signal) : undefined;

  /** On a published device; undefined for stages of the CPU. */
  const there = remembered((node: StageNode): DeviceCost | undefined => {
    const work = works.get(node.key);
    if (rates === undefined || node.device === undefined || work === undefined) return undefined;
    return deviceCost(work.programs(), rates);
  });
  const first = (node: StageNode): number => {
    if (missing.length === 0) return 0;
    return totalOf(there(node)) ?? secondsOf(node, works.get(node.key), speed, profile, workers);
  };
  const ratios = ratiosToEstimates(nodes, store, first);
  const each = new Map(
    missing.map((node) => {
      const seconds = first(node) * (ratios.get(node.kind.name) ?? 1);
      return [node.key, stagePlan(node, seconds, works.get(node.key), there(node), moved)];
    }),
  );
  const planned = (node: StageNode): StagePlan => each.get(node.key)!;
  /** Of the machine that the stage's process is on. */
  const onMachine = (node: StageNode): Estimate => {
    const device = there(node);
    const { seconds, bytes } = planned(node);
    return { seconds, bytes: device === undefined ? bytes : PROCESS_BYTES + device.hostBytes };
  };
  const { seconds, bytes, scaling } = scaled(missing, onMachine, workers);
  const onDevice = missing.filter(({ device }) => device !== undefined);
  return {
    stages: nodes.length,
    missing: missing.length,
    seconds,
    bytes,
    kinds: byKind(nodes, each, ratios),
    choices: [...new Set(missing.flatMap(({ key }) => works.get(key)?.choice ?? []))],
    each: [...each.values()],
    scaling,
    criticalPath: longestChain(missing, (node) => planned(node).seconds),
    ...(profile.precision && { precision: profile.precision }),
    ...(rates !== undefined && { device: { ...rates, assumptions: Object.values(ASSUMPTIONS) } }),
    ...(memoryBytes !== undefined && {
      memory: {
        limitBytes: memoryBytes,
        tooLarge: stagesTooLarge(rates === undefined ? missing : onDevice, profile, sizes, memoryBytes),
      },
    }),
  };
}

/** The schedule played through on one machine, and on several. */
function scaled(
  stages: readonly StageNode[],
  estimate: (node: StageNode) => Estimate,
  workers: number,
): Pick<Plan, 'seconds' | 'bytes' | 'scaling'> {
  const play = (machines: number) =>
    schedule(stages, estimate, { workers, machines, overhead: RUNNER_OVERHEAD });
  const { seconds, bytes } = play(1);
  const scaling = MACHINES.map((machines): ScalingRow => {
    const time = play(machines).seconds;
    return { machines, seconds: time, speedup: time > 0 ? seconds / time : 1 };
  });
  return { seconds, bytes, scaling };
}

function longestChain(
  stages: readonly StageNode[],
  timeOf: (node: StageNode) => number,
): Plan['criticalPath'] {
  const { seconds, nodes } = criticalPath(stages, timeOf);
  return { seconds, stages: nodes.map(({ label }) => label) };
}

/** `device`: its cost on a published device, if it computes on one. */
function stagePlan(
  node: StageNode,
  seconds: number,
  work: Work | undefined,
  device: DeviceCost | undefined,
  moved: boolean,
): StagePlan {
  return {
    label: node.label,
    kind: node.kind.name,
    onDevice: node.device !== undefined,
    seconds,
    flop: device?.flop ?? work?.flop ?? 0,
    bytes: device?.bytes ?? work?.bytes ?? PROCESS_BYTES,
    movedBytes: moved ? (device?.movedBytes ?? movedBytes(work)) : undefined,
    spentOn: device?.seconds,
  };
}

/** By kind: the time of finished stages, as a multiple of the estimate `first`. */
function ratiosToEstimates(
  nodes: readonly StageNode[],
  store: Store,
  first: (node: StageNode) => number,
): Map<string, number> {
  const ratios = new Map<string, number>();
  for (const kind of new Set(nodes.map((node) => node.kind.name))) {
    const done = nodes.filter((node) => node.kind.name === kind && store.has(node));
    const estimated = done.reduce((sum, node) => sum + first(node), 0);
    if (estimated > 0)
      ratios.set(kind, done.reduce((sum, node) => sum + (store.seconds(node) ?? 0), 0) / estimated);
  }
  return ratios;
}

function byKind(
  nodes: readonly StageNode[],
  each: ReadonlyMap<string, StagePlan>,
  ratios: ReadonlyMap<string, number>,
): KindPlan[] {
  return [...new Set(nodes.map((node) => node.kind.name))].map((kind): KindPlan => {
    const all = nodes.filter((node) => node.kind.name === kind);
    const own = all.flatMap(({ key }) => each.get(key) ?? []);
    const sum = (of: (stage: StagePlan) => number): number =>
      own.reduce((total, stage) => total + of(stage), 0);
    return {
      kind,
      stages: all.length,
      missing: own.length,
      seconds: sum(({ seconds }) => seconds),
      flop: sum(({ flop }) => flop),
      bytes: Math.max(0, ...own.map(({ bytes }) => bytes)),
      movedBytes: own.some(({ movedBytes }) => movedBytes !== undefined)
        ? sum(({ movedBytes }) => movedBytes ?? 0)
        : undefined,
      spentOn: own.map(({ spentOn }) => spentOn).reduce(together, undefined),
      measured: ratios.get(kind),
    };
  });
}

function totalOf(cost: DeviceCost | undefined): number | undefined {
  return cost && Object.values(cost.seconds).reduce((sum, part) => sum + part, 0);
}

function together(a: DeviceSeconds | undefined, b: DeviceSeconds | undefined): DeviceSeconds | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    products: a.products + b.products,
    memory: a.memory + b.memory,
    launch: a.launch + b.launch,
    bus: a.bus + b.bus,
    start: a.start + b.start,
  };
}

function movedBytes(work: Work | undefined): number | undefined {
  return work
    ?.programs()
    .reduce((sum, { cost, times }) => sum + times * cost.kernels.reduce((total, k) => total + k.bytes, 0), 0);
}

/**
 * Expectations before anything was measured: medians of three calibrations on an Intel Xeon at width 64. At
 * 384 a token took 12 times as long there.
 */
function someMachine({ hidden }: Profile['language']): Calibration {
  return { tokenSeconds: 2.9e-6 * (hidden / 64) ** 1.4, effortPerSecond: 4.0e10, runSeconds: 0.2 };
}

/** Seconds that stages may take, roughly: enough to tell small ones from large ones. */
export function expectedSeconds(profile: Profile, store: Store): (node: StageNode) => number {
  const sizes = sizesInStore(profile, store);
  const speed = someMachine(profile.language);
  return remembered((node: StageNode) =>
    secondsOf(node, workOf(node, profile, sizes), speed, profile, node.threads),
  );
}

function secondsOf(
  node: StageNode,
  work: Work | undefined,
  speed: Calibration | undefined,
  profile: Profile,
  workers: number,
): number {
  if (speed !== undefined && work?.language !== undefined) {
    const { forwardTokens, trainedTokens, updateEffort } = work.language;
    const { layers } = profile.language;
    const threads = Math.min(node.threads, workers) > 1 ? TWO_THREADS : 1;
    const start = updateEffort > 0 ? LANGUAGE_START : 0.2;
    return (
      start +
      (layers * (forwardTokens + 3 * trainedTokens) * speed.tokenSeconds +
        updateEffort / speed.effortPerSecond) /
        threads
    );
  }
  if (speed !== undefined && work?.sequential !== undefined)
    return work.sequential.effort / speed.effortPerSecond + work.sequential.runs * speed.runSeconds;
  return SMALL[node.kind.name] ?? 0.1;
}

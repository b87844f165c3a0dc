/**
 * How long a graph of stages takes and how much memory it needs at once, if each stage takes what is
 * estimated. Simulates the runner's own order and rules. Pure.
 */
import { mostAwaitedFirst } from '../../pipeline/mostAwaited';
import type { StageNode } from '../../pipeline/stage';
import { RECYCLE_BYTES } from '../../pipeline/stageProcesses';
import { waitsFor } from '../../pipeline/waitsFor';

export interface Estimate {
  readonly seconds: number;
  /** Of the machine's memory. */
  readonly bytes: number;
}

export interface Machines {
  /** Processes side by side on each machine. */
  readonly workers: number;
  /** Each with a device of its own; 1 by default. */
  readonly machines?: number;
  /** What is not the stages' own; nothing by default. */
  readonly overhead?: Overhead;
}

export interface Overhead {
  /** Seconds until a new process takes its first stage. */
  readonly process: number;
  /** Seconds to hand a stage over, read its inputs and write its result. */
  readonly stage: number;
}

const NONE: Overhead = { process: 0, stage: 0 };

/** As measured with the runner on two cores. */
export const RUNNER_OVERHEAD: Overhead = { process: 0.5, stage: 0.015 };

export interface Schedule extends Estimate {
  /** Stages in the order in which they are started. */
  readonly started: readonly StageNode[];
}

interface Running {
  readonly node: StageNode;
  readonly threads: number;
  readonly until: number;
  readonly bytes: number;
}

class Machine {
  running: Running[] = [];
  private idle = 0;

  constructor(
    private readonly workers: number,
    private readonly overhead: Overhead,
  ) {}

  get busy(): number {
    return this.running.reduce((sum, { threads }) => sum + threads, 0);
  }

  get bytes(): number {
    return this.running.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  threadsOf({ threads }: StageNode): number {
    return Math.min(threads, this.workers);
  }

  hasRoom(node: StageNode): boolean {
    return this.busy + this.threadsOf(node) <= this.workers;
  }

  mustWait(node: StageNode): boolean {
    return waitsFor(
      node,
      this.running.map((entry) => entry.node),
    );
  }

  start(node: StageNode, { seconds, bytes }: Estimate, now: number): void {
    const until = now + (this.idle > 0 ? 0 : this.overhead.process) + this.overhead.stage + seconds;
    this.idle = Math.max(0, this.idle - 1);
    this.running.push({ node, threads: this.threadsOf(node), until, bytes });
  }

  /** Stages that are done by now. A process that has grown large ends with its stage. */
  finish(now: number): StageNode[] {
    const done = this.running.filter(({ until }) => until <= now);
    this.running = this.running.filter(({ until }) => until > now);
    this.idle += done.filter(({ bytes }) => bytes <= RECYCLE_BYTES).length;
    return done.map(({ node }) => node);
  }
}

/** `nodes`: those still to be run, inputs first; inputs that are not among them are there already. */
export function schedule(
  nodes: readonly StageNode[],
  estimate: (node: StageNode) => Estimate,
  { workers, machines: count = 1, overhead = NONE }: Machines,
): Schedule {
  const machines = Array.from({ length: count }, () => new Machine(workers, overhead));
  const open = new Set(nodes.map(({ key }) => key));
  const started: StageNode[] = [];
  let waiting = mostAwaitedFirst(nodes);
  let [now, bytes] = [0, 0];
  while (open.size > 0) {
    let reserved = false;
    waiting = waiting.filter((node) => {
      if (reserved || Object.values(node.inputs).some(({ key }) => open.has(key))) return true;
      const free = machines.filter((machine) => !machine.mustWait(node));
      if (free.length === 0) return true;
      const machine = leastBusy(free.filter((each) => each.hasRoom(node)));
      // As in the runner: no stage of fewer threads overtakes one that waits for room.
      if (machine === undefined) return (reserved = true);
      machine.start(node, estimate(node), now);
      started.push(node);
      return false;
    });
    bytes = Math.max(bytes, ...machines.map((machine) => machine.bytes));
    now = Math.min(...machines.flatMap(({ running }) => running.map(({ until }) => until)));
    for (const machine of machines) for (const { key } of machine.finish(now)) open.delete(key);
  }
  return { seconds: now, bytes, started };
}

function leastBusy(machines: readonly Machine[]): Machine | undefined {
  return machines.reduce<Machine | undefined>(
    (best, machine) => (best === undefined || machine.busy < best.busy ? machine : best),
    undefined,
  );
}

export interface Chain {
  readonly seconds: number;
  readonly nodes: readonly StageNode[];
}

/**
 * The chain of stages that takes longest, each waiting for the one before it: no number of workers is
 * quicker. `nodes`: as for schedule().
 */
export function criticalPath(nodes: readonly StageNode[], seconds: (node: StageNode) => number): Chain {
  const longer = (a: Chain, b: Chain): Chain => (b.seconds > a.seconds ? b : a);
  const none: Chain = { seconds: 0, nodes: [] };
  const endingIn = new Map<string, Chain>();
  for (const node of nodes) {
    const before = Object.values(node.inputs).map(({ key }) => endingIn.get(key) ?? none);
    const longest = before.reduce(longer, none);
    endingIn.set(node.key, {
      seconds: longest.seconds + seconds(node),
      nodes: [...longest.nodes, node],
    });
  }
  return [...endingIn.values()].reduce(longer, none);
}

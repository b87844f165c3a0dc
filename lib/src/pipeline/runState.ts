/**
 * The books of a run: which of its stages wait, are under way, are finished or failed, and which were
 * computed again. Knows no process and no machine: runner.ts and queue/runOnQueue.ts start the stages and
 * record here how they end.
 */
import { mostAwaitedFirst } from './mostAwaited';
import type { StageNode } from './stage';
import { timeLeft } from './timeLeft';

/** How far a run of stages is. */
export interface RunStatus {
  readonly total: number;
  readonly done: number;
  /** How many of those done were already in the store. */
  readonly fromStore: number;
  readonly running: readonly { label: string; share: number; message: string }[];
  readonly failures: readonly StageFailure[];
  /** Estimated from what stages are expected to cost and have cost so far (timeLeft.ts). */
  readonly secondsLeft: number;
  /** Set while another process is computing in the same store. */
  readonly waitingFor: number | undefined;
}

export interface StageFailure {
  readonly label: string;
  readonly message: string;
  /** Only the message if the input was wrong or the system refused. */
  readonly stack: string;
}

/** Some stages failed; the others are in the store. */
export class StagesFailed extends Error {
  override readonly name = 'StagesFailed';
  constructor(
    readonly failures: readonly StageFailure[],
    skipped: number,
  ) {
    const list = failures.map(({ label, message }) => `  ${label}: ${message}`).join('\n');
    super(
      `${failures.length} stage${failures.length === 1 ? '' : 's'} failed, ${skipped} not run because ` +
        `of that:\n${list}`,
    );
  }
}

/** What is known of a stage under way. */
export interface Running {
  readonly node: StageNode;
  /** The share of it that is done, 0 to 1. */
  readonly share: number;
  readonly message: string;
  /** Seconds since it started, if known. */
  readonly elapsed?: number;
}

export class RunState {
  private readonly nodes: ReadonlyMap<string, StageNode>;
  private readonly finished: Set<string>;
  private readonly fromStore: number;
  private readonly started = new Map<string, StageNode>();
  private readonly failed = new Set<string>();
  private readonly failures: StageFailure[] = [];
  /** Results that were found damaged in this run and computed again. */
  private readonly repaired = new Set<string>();
  private readonly computed = { expected: 0, seconds: 0 };
  private left: StageNode[];

  /**
   * @param nodes inputs before the stages that take them
   * @param stored the keys of those whose results are in the store
   * @param expected seconds that a stage is expected to take; for `secondsLeft` alone
   */
  constructor(
    nodes: readonly StageNode[],
    stored: Iterable<string>,
    private readonly expected: (node: StageNode) => number = () => 1,
  ) {
    this.nodes = new Map(nodes.map((node) => [node.key, node]));
    this.finished = new Set(stored);
    this.fromStore = this.finished.size;
    this.left = mostAwaitedFirst(nodes.filter(({ key }) => !this.finished.has(key)));
  }

  /** Stages that have not been started, in the order in which they are to start. */
  get waiting(): readonly StageNode[] {
    return this.left;
  }

  /** Stages that have been started and have not ended, by key. */
  get underWay(): ReadonlyMap<string, StageNode> {
    return this.started;
  }

  /** True if nothing waits and nothing is under way. */
  get isOver(): boolean {
    return this.left.length === 0 && this.started.size === 0;
  }

  /** Waiting stages whose inputs are all there. Those that depend on a failed one wait no longer. */
  ready(): StageNode[] {
    this.left = this.left.filter((node) => {
      const lost = Object.values(node.inputs).some(({ key }) => this.failed.has(key));
      if (lost) this.failed.add(node.key);
      return !lost;
    });
    return this.left.filter(({ inputs }) => Object.values(inputs).every(({ key }) => this.finished.has(key)));
  }

  start(node: StageNode): void {
    this.left.splice(this.left.indexOf(node), 1);
    this.started.set(node.key, node);
  }

  /** `seconds`: what it took, if known. */
  finish(node: StageNode, seconds?: number): void {
    this.started.delete(node.key);
    this.finished.add(node.key);
    if (seconds === undefined) return;
    this.computed.seconds += seconds;
    this.computed.expected += this.expected(node);
  }

  fail(node: StageNode, message: string, stack = message): void {
    this.started.delete(node.key);
    this.failed.add(node.key);
    this.failures.push({ label: node.label, message, stack });
  }

  /** The result of a finished stage is damaged. It is computed once more; damaged again, it is a failure. */
  repair(node: StageNode): void {
    // If it is not finished, it is already being computed again.
    if (!this.finished.delete(node.key)) return;
    if (this.repaired.has(node.key)) return this.fail(node, 'its result could not be read from the store');
    this.repaired.add(node.key);
    this.left.unshift(node);
  }

  /**
   * A stage ended because it could not read the input of this key. The input is computed again, then the
   * stage. An input that cannot be read although it was computed again is a failure of the stage.
   */
  repairInput(node: StageNode, key: string): void {
    const input = this.nodes.get(key);
    if (input === undefined || (this.finished.has(key) && this.repaired.has(key)))
      return this.fail(
        node,
        `its input "${input?.label ?? key.slice(0, 12)}" could not be read from the store`,
      );
    this.started.delete(node.key);
    this.left.unshift(node);
    this.repair(input);
  }

  /** Nothing else is to be started: further computing would be useless. */
  stop(): void {
    for (const node of this.left.splice(0)) this.failed.add(node.key);
  }

  throwIfFailed(): void {
    if (this.failures.length > 0)
      throw new StagesFailed(this.failures, this.failed.size - this.failures.length);
  }

  /** `running`: stages under way of which the runner knows how far they are; `workers`: how many at once. */
  status(running: readonly Running[], workers: number): RunStatus {
    const known = new Set(running.map(({ node }) => node.key));
    const unknown = [...this.started.values()].filter(({ key }) => !known.has(key));
    return {
      total: this.nodes.size,
      done: this.finished.size,
      fromStore: this.fromStore,
      running: running.map(({ node, share, message }) => ({ label: node.label, share, message })),
      failures: this.failures,
      secondsLeft: timeLeft({
        computed: this.computed,
        running: running.map(({ node, ...far }) => ({ ...far, expected: this.expected(node) })),
        waiting: [...this.left, ...unknown].reduce((sum, node) => sum + this.expected(node), 0),
        workers,
      }),
      waitingFor: undefined,
    };
  }
}

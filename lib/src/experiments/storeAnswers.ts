/** Answers from the store: computes what is missing and reads the rest. openProfile.ts makes one. */
import type { ReadReport } from '../data/readReport';
import { requireWorking } from '../engine/providers/workingProvider';
import { runStages } from '../pipeline/runner';
import type { RunStatus } from '../pipeline/runState';
import { closure, type Reader, type StageNode, type StageResult } from '../pipeline/stage';
import type { SharedStore } from '../pipeline/sharedStore';
import type { Store } from '../pipeline/store';
import { allNodes } from './allNodes';
import { experiment } from './experiment';
import { checkFolders } from './givenFolders';
import { NotStored } from './notStored';
import type { Plan } from './plan';
import type { Profile } from './profiles';
import type { Answers } from './session';
import type { Query } from './views/view';

export interface SessionOptions {
  /** Worker processes; default the number of cores. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Called as stages begin, progress and end. */
  readonly onUpdate?: (status: RunStatus) => void;
  /** Other machines compute: the address of Redis, and where the results are shared. */
  readonly cluster?: { readonly queue: string; readonly store: SharedStore };
  /** Shows how a view is computed; called only if stages are missing. */
  readonly watch?: Watch;
}

/** Runs `work` and shows its progress; its signal says that the user interrupted. */
type Watch = (
  title: string,
  work: (onUpdate: (status: RunStatus) => void, signal: AbortSignal) => Promise<void>,
) => Promise<void>;

export class StoreAnswers implements Answers {
  private readonly seen = new Map<string, StageResult>();

  constructor(
    readonly profile: Profile,
    private readonly store: Store,
    private readonly options: SessionOptions,
  ) {}

  get experiment() {
    return experiment(this.profile);
  }

  /**
   * Computes what is missing, then makes the answer from the results. Those that turn out damaged are set
   * aside and computed again, each once.
   */
  async get<T>(query: Query<T>): Promise<T> {
    const { nodes, make } = query.recipe(this.experiment);
    const setAside = new Set<string>();
    for (;;) {
      await this.compute(nodes, query.text(this.profile));
      try {
        return await make(this.reader);
      } catch (error) {
        if (!(error instanceof NotStored) || setAside.has(error.node.key)) throw error;
        setAside.add(error.node.key);
      }
    }
  }

  private async compute(nodes: readonly StageNode[], title: string): Promise<void> {
    const { watch } = this.options;
    if (watch === undefined || this.missing(nodes).length === 0) return this.run(nodes);
    return watch(title, (onUpdate, signal) => this.run(nodes, onUpdate, signal));
  }

  /** Computes what is missing of `nodes`. */
  async run(
    nodes: readonly StageNode[],
    onUpdate = this.options.onUpdate,
    signal = this.options.signal,
  ): Promise<void> {
    checkFolders(this.profile);
    const { cluster, workers } = this.options;
    const { expectedSeconds } = await import('./plan');
    const expected = expectedSeconds(this.profile, this.store);
    if (cluster !== undefined) {
      // Loaded here, so that a local run needs no client of Redis.
      const { runOnQueue } = await import('../pipeline/queue/runOnQueue');
      return runOnQueue(nodes, { ...cluster, signal, onUpdate, expected });
    }
    const { device, precision } = this.profile;
    const provider = device?.provider;
    if ((provider === 'webgpu' || provider === 'cuda') && this.missing(nodes).length > 0)
      await requireWorking(provider, precision);
    return runStages(nodes, { store: this.store, workers, signal, onUpdate, expected });
  }

  /** Every stage of the profile. */
  nodes(): StageNode[] {
    return allNodes(this.profile);
  }

  /** Those of `nodes`, and of the stages that they take, that are not in the store. */
  missing(nodes: readonly StageNode[] = this.nodes()): StageNode[] {
    return closure(nodes).filter((node) => !this.store.has(node));
  }

  /** True if a stage's result is in the store. */
  has(node: StageNode): boolean {
    return this.store.has(node);
  }

  /** How many stages the profile has, and how many of them are not in the store. */
  progress(): { stages: number; missing: number } {
    const nodes = this.nodes();
    return { stages: closure(nodes).length, missing: this.missing(nodes).length };
  }

  /** What was read of the domains of a profile on files, as far as they are in the store. */
  readReports(): { domain: string; report: ReadReport }[] {
    const { given, domains, pretrainingDomains } = this.profile;
    if (given === undefined) return [];
    return [...new Set([...pretrainingDomains, ...domains])].flatMap((domain) => {
      const json = this.store.read(this.experiment.dataset(domain))?.json;
      return json?.report === undefined ? [] : [{ domain, report: json.report }];
    });
  }

  /**
   * Stages, FLOP, memory and time of what is still to be computed. Computes none of it. Without a device it
   * measures this machine for a few seconds; `device` is the name of a published GPU, which the profile's
   * provider is taken to compute on, or "measured": this machine's, with the bytes that programs move.
   * `memoryBytes`: what stages are compared with; the memory of a published device by default.
   * @throws InputError for a device that is not known or that the provider does not compute on.
   */
  async plan({ device, memoryBytes }: { device?: string; memoryBytes?: number } = {}): Promise<Plan> {
    // The calibration brings the engine with it: loaded when first needed.
    const { planOf } = await import('./plan');
    const { MEASURED, ratesOf } = await import('./costs/devices');
    const { workers = 1, signal } = this.options;
    if (device === undefined || device === MEASURED)
      return planOf(this.nodes(), this.profile, this.store, {
        ...{ workers, memoryBytes, signal },
        moved: device !== undefined,
      });
    const rates = ratesOf(device, this.profile.device?.provider ?? 'cpu');
    const there = { ...this.profile, device: rates.device };
    return planOf(allNodes(there), there, this.store, { workers, rates, memoryBytes });
  }

  /** @throws InputError if a missing stage takes more than `memoryBytes`: which, and what to set. */
  async requireMemory(memoryBytes: number): Promise<void> {
    const { requireFitting, stagesTooLarge } = await import('./costs/memoryCheck');
    const { sizesInStore } = await import('./costs/sizesInStore');
    const sizes = sizesInStore(this.profile, this.store);
    requireFitting(stagesTooLarge(this.missing(), this.profile, sizes, memoryBytes), memoryBytes);
  }

  /** The stored result of a stage. @throws if there is none. */
  read<Facts>(node: StageNode<Facts>): StageResult<Facts> {
    return this.reader(node);
  }

  /** Reads stored results, each once. */
  private readonly reader: Reader = <Facts>(node: StageNode<Facts>): StageResult<Facts> => {
    // Under a node's key there is a result of its kind.
    const result = (this.seen.get(node.key) as StageResult<Facts> | undefined) ?? this.store.read(node);
    if (result === undefined) throw new NotStored(node);
    this.seen.set(node.key, result);
    return result;
  };
}

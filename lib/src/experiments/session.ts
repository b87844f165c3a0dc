/**
 * What a notebook and `elephant report` hold: a profile, a store and a way to run stages. `open()` is the first cell of
 * every notebook. A method computes what is missing, reads the rest from the store, and returns plain data to be shown.
 */
import { availableParallelism } from 'node:os';
import type { DomainName } from '../data/simulation';
import type { ProviderChoice } from '../engine/types';
import { InputError } from '../errors';
import { folders, libraryVersion, packageVersion } from '../project';
import type { ComparisonTable } from './measured';
import { datasetNode } from './nodes';
import { profile as profileByName, type Profile } from './profiles';
import { runStages, type RunStatus } from './runner';
import type { StageNode, StageResult } from './stage';
import type { RecommenderJson } from './stages/recommender';
import { Store } from './store';
import { table3, table3Nodes, TABLE3_VARIANTS } from './table3';

export interface OpenOptions {
  /** Default "mini", or ELEPHANT_PROFILE. */
  readonly profile?: string;
  /** Overrides such as "recommender.epochs=3"; default ELEPHANT_SET, separated by spaces. */
  readonly set?: readonly string[];
  /** Where to compute; stored results are those of the CPU provider. Default "cpu", or ELEPHANT_PROVIDER. */
  readonly provider?: ProviderChoice;
  /** Worker processes; default the number of cores. */
  readonly workers?: number;
  /** The store's folder; default data/store, or ELEPHANT_STORE. */
  readonly store?: string;
  readonly signal?: AbortSignal;
  readonly onUpdate?: (status: RunStatus) => void;
}

/** What a result depends on, for the first cell and the report. */
export interface Provenance {
  readonly profile: string;
  readonly provider: string;
  readonly data: string;
  readonly seeds: readonly number[];
  /** Domain to fingerprint. */
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** One point of a training curve. */
export interface Curve {
  readonly label: string;
  readonly domain: string;
  readonly epochs: RecommenderJson['log'];
}

export class Session {
  constructor(readonly profile: Profile, private readonly store: Store, private readonly options: OpenOptions) {}

  /** Everything that the present tables and figures need. */
  nodes(): StageNode[] {
    return this.profile.domains.flatMap((domain) => {
      const { variants, baselines } = table3Nodes(this.profile, domain);
      return [...Object.values(variants).flat(), baselines];
    });
  }

  /** Computes what is missing of `nodes`. */
  async run(nodes: readonly StageNode[], onUpdate = this.options.onUpdate): Promise<void> {
    await runStages(nodes, { store: this.store, workers: this.options.workers, signal: this.options.signal, onUpdate });
  }

  async table3(onUpdate?: (status: RunStatus) => void): Promise<ComparisonTable> {
    await this.run(this.nodes(), onUpdate);
    return table3(this.profile, this.reader());
  }

  /** Loss and validation NDCG@10 by epoch of the first seed's run with the chosen learning rate, one curve a variant. */
  async trainingCurves(domain: DomainName = this.profile.domains[0]): Promise<Curve[]> {
    const { variants } = table3Nodes(this.profile, domain);
    const firsts = TABLE3_VARIANTS.map(({ id, label }) => ({ label, node: variants[id][0] }));
    await this.run(firsts.map(({ node }) => node));
    const read = this.reader();
    return firsts.map(({ label, node }) => ({ label, domain, epochs: (read(node).json as unknown as RecommenderJson).log }));
  }

  async provenance(): Promise<Provenance> {
    const nodes = this.profile.domains.map((domain) => ({ domain, node: datasetNode(this.profile, domain) }));
    await this.run(nodes.map(({ node }) => node));
    const read = this.reader();
    const { world, size, seed } = this.profile.simulation;
    return {
      profile: this.profile.name,
      provider: 'cpu, one thread a stage',
      data: `simulation, world "${world}", size "${size}", seed ${seed}`,
      seeds: this.profile.recommender.seeds,
      fingerprints: Object.fromEntries(nodes.map(({ domain, node }) => [domain, (read(node).json as { fingerprint: string }).fingerprint])),
      versions: { elephant: libraryVersion(), 'onnxruntime-node': packageVersion('onnxruntime-node') ?? 'absent', '@tensorflow/tfjs-core': packageVersion('@tensorflow/tfjs-core') ?? 'absent' },
    };
  }

  /** Reads stored results, each once. */
  private reader(): (node: StageNode) => StageResult {
    const seen = new Map<string, StageResult>();
    return (node) => {
      const result = seen.get(node.key) ?? this.store.read(node);
      if (result === undefined) throw new Error(`${node.label}: not in the store`);
      seen.set(node.key, result);
      return result;
    };
  }
}

/** Opens a profile. Checks every option before any work. */
export function open(options: OpenOptions = {}): Session {
  const environment = process.env;
  const provider = options.provider ?? (environment.ELEPHANT_PROVIDER as ProviderChoice | undefined) ?? 'cpu';
  if (provider !== 'cpu') {
    throw new InputError('open', `provider "${provider}" is not there for the paper's stages yet`, 'Use "cpu", whose results do not depend on the machine');
  }
  const set = options.set ?? environment.ELEPHANT_SET?.split(' ').filter(Boolean) ?? [];
  const profile = profileByName(options.profile ?? environment.ELEPHANT_PROFILE ?? 'mini', set);
  const workers = options.workers ?? (environment.ELEPHANT_WORKERS === undefined ? availableParallelism() : Number(environment.ELEPHANT_WORKERS));
  if (!Number.isInteger(workers) || workers < 1) throw new InputError('open', `workers: expected a whole number of at least 1, got ${workers}`);
  return new Session(profile, new Store(options.store ?? environment.ELEPHANT_STORE ?? folders.store), { ...options, workers });
}

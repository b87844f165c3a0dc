/**
 * What a notebook and `elephant report` hold: a profile, a store and a way to run stages. `open()` is the first cell of
 * every notebook. A method computes what is missing, reads the rest from the store, and returns plain data to be shown.
 */
import { availableParallelism } from 'node:os';
import type { Dataset } from '../data';
import { simulatedDomains, type DomainName } from '../data/simulation/parameters';
import type { ProviderChoice } from '../engine/types';
import { InputError, unknownName } from '../errors';
import type { Ranks } from '../evaluation';
import { folders, libraryVersion, packageVersion } from '../project';
import { INPUT_LIMITS, type ItemTable } from '../text';
import { allNodes, scoreboardNode } from './allNodes';
import { allCells, cellNodes, fractionColumns, TABLE_PROTOCOL, type Cell, type TableId } from './cells';
import type { ScoreboardRow } from './claims';
import { measured, type ComparisonTable, type Measured } from './measured';
import { attentionNode, baselinesNode, datasetNode, finetuneNode, languageNode, oracleNode, pretrainNode, tableNode, tokenizerNode, type Backbone, type TableSource } from './nodes';
import { profile as profileByName, type Profile } from './profiles';
import { runStages, type RunStatus } from './runner';
import { closure, type StageNode, type StageResult } from './stage';
import type { AttentionJson } from './stages/attention';
import type { FinetuneJson } from './stages/finetune';
import type { PretrainJson } from './stages/pretrain';
import { languageLearning, type LearningStep } from './views/languageLearning';
import type { RecommenderJson } from './stages/recommender';
import { loadDataset } from './stages/storedDataset';
import { storedRanks } from './stages/storedEvaluation';
import { loadModel } from './stages/storedModel';
import { itemTable } from './stages/storedTable';
import { Store } from './store';
import { cellMetrics, METRICS, table1, table2, table3, table3Columns, table4, table5, type Reader } from './tables';
import { historyLengths, type LengthGroup } from './views/historyLengths';
import { inputExample, type InputExample } from './views/inputExample';
import { itemMap, type ItemMap } from './views/itemMap';
import { modelSizes, type ModelSize } from './views/modelSizes';
import { nearestItems, type NearItem } from './views/nearestItems';

const MODELS_OF_FIGURE1 = ['Longformer', 'RECFORMER'] as const;

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

/** A training curve: loss and validation value by epoch. */
export interface Curve {
  readonly label: string;
  readonly domain: string;
  readonly epochs: RecommenderJson['log'];
}

/** Attention of `<s>` in one model on one domain: maps of one sequence, statistics over several. */
export interface AttentionMap extends AttentionJson {
  readonly domain: string;
  readonly model: 'Longformer' | 'RECFORMER';
  /** [layers, heads, tokens], each row a distribution. */
  readonly attention: Float32Array;
}

/** One point of Figure 2. */
export interface FractionPoint {
  readonly domain: string;
  /** Share of the pre-training sequences, in percent; 0 is the language model alone. */
  readonly percent: number;
  readonly sequences: number;
  readonly updates: number;
  /** Percentages, by metric as the paper names it ("H@5"). */
  readonly values: Readonly<Record<string, Measured>>;
}

/** How a cell watches a computation: what is done, and a signal that the user interrupted (`show.progress` gives both). */
export type Watching = [onUpdate?: (status: RunStatus) => void, signal?: AbortSignal];

/** What a profile needs and what of it is still to be computed. */
export interface Plan {
  readonly stages: number;
  readonly missing: number;
  /** Undefined where no stage of a kind has run in this store yet. */
  readonly seconds: number | undefined;
  readonly kinds: readonly { kind: string; stages: number; missing: number; seconds: number | undefined }[];
}

export class Session {
  private every: StageNode[] | undefined;
  private readonly seen = new Map<string, StageResult>();

  constructor(readonly profile: Profile, private readonly store: Store, private readonly options: OpenOptions) {}

  /** Every stage of the profile. */
  nodes(): StageNode[] {
    return (this.every ??= allNodes(this.profile));
  }

  /** Computes what is missing of `nodes`. */
  async run(nodes: readonly StageNode[], ...[onUpdate, signal]: Watching): Promise<void> {
    await runStages(nodes, {
      store: this.store,
      workers: this.options.workers,
      signal: signal ?? this.options.signal,
      onUpdate: onUpdate ?? this.options.onUpdate,
    });
  }

  /** Counts stages and estimates the time of those missing from what stages of their kind took in this store. */
  plan(): Plan {
    const nodes = closure(this.nodes());
    const byKind = new Map<string, { done: number[]; missing: number }>();
    for (const node of nodes) {
      const entry = byKind.get(node.kind.name) ?? { done: [], missing: 0 };
      byKind.set(node.kind.name, entry);
      const seconds = this.store.seconds(node);
      if (seconds === undefined) entry.missing++;
      else entry.done.push(seconds);
    }
    const workers = this.options.workers ?? 1;
    const kinds = [...byKind].map(([kind, { done, missing }]) => {
      const mean = done.length === 0 ? undefined : done.reduce((a, b) => a + b, 0) / done.length;
      return { kind, stages: done.length + missing, missing, seconds: missing === 0 ? 0 : mean === undefined ? undefined : (mean * missing) / workers };
    });
    const missing = kinds.reduce((sum, kind) => sum + kind.missing, 0);
    const seconds = kinds.reduce<number | undefined>((sum, kind) => (sum === undefined || kind.seconds === undefined ? undefined : sum + kind.seconds), 0);
    return { stages: nodes.length, missing, seconds, kinds };
  }

  table1(...watching: Watching): Promise<ComparisonTable> {
    return this.made(watching, this.nodesOf('table1'), (read) => table1(this.profile, read));
  }

  table2(...watching: Watching): Promise<ComparisonTable> {
    return this.made(watching, simulatedDomains.map((domain) => datasetNode(this.profile, domain)), (read) => table2(this.profile, simulatedDomains, read));
  }

  table3(backbone: Backbone = 'SASRec', ...watching: Watching): Promise<ComparisonTable> {
    return this.made(watching, this.nodesOf('table3'), (read) => table3(this.profile, backbone, read));
  }

  table4(...watching: Watching): Promise<ComparisonTable> {
    return this.made(watching, this.nodesOf('table4'), (read) => table4(this.profile, read));
  }

  table5(...watching: Watching): Promise<ComparisonTable> {
    return this.made(watching, this.nodesOf('table5'), (read) => table5(this.profile, read));
  }

  /** Figure 1: what `<s>` attends to, by layer and head, in two models on each domain. */
  figure1(...watching: Watching): Promise<AttentionMap[]> {
    return this.made(watching, this.profile.attention.domains.flatMap((domain) => MODELS_OF_FIGURE1.map((model) => attentionNode(this.profile, domain, model))), (read) =>
      this.profile.attention.domains.flatMap((domain) =>
        MODELS_OF_FIGURE1.map((model): AttentionMap => {
          const { json, arrays } = read(attentionNode(this.profile, domain, model));
          return { domain, model, ...(json as unknown as AttentionJson), attention: arrays.attention.data as Float32Array };
        }),
      ),
    );
  }

  /** Figure 2: how much pre-training data the item table needs. */
  figure2(...watching: Watching): Promise<FractionPoint[]> {
    return this.made(watching, this.nodesOf('figure2'), (read) =>
      this.profile.fractionDomains.flatMap((domain) =>
        fractionColumns(this.profile).map((column): FractionPoint => {
          const metrics = cellMetrics(this.profile, { table: 'figure2', domain, column }, read) ?? [];
          const percent = Number(column);
          const facts = percent === 0 ? { sequences: 0, updates: 0 } : (read(pretrainNode(this.profile, percent / 100)).json as unknown as PretrainJson);
          const values = Object.entries(METRICS).map(([name, key]) => [name, measured(metrics.map((m) => 100 * m[key]))]);
          return { domain, percent, sequences: facts.sequences, updates: facts.updates, values: Object.fromEntries(values) };
        }),
      ),
    );
  }

  /** How far the language stages learnt. */
  languageLearning(...watching: Watching): Promise<LearningStep[]> {
    return this.made(watching, this.profile.domains.map((domain) => finetuneNode(this.profile, domain)), (read) =>
      languageLearning(
        read(languageNode(this.profile)).json as unknown as { losses: number[] },
        this.profile.language.vocabulary,
        read(pretrainNode(this.profile)).json as unknown as PretrainJson,
        this.profile.domains.map((domain) => ({ domain, json: read(finetuneNode(this.profile, domain)).json as unknown as FinetuneJson })),
      ),
    );
  }

  /** The verdict on each of the paper's claims (reference.md 12). */
  scoreboard(...watching: Watching): Promise<ScoreboardRow[]> {
    return this.made(watching, [scoreboardNode(this.profile)], (read) => (read(scoreboardNode(this.profile)).json as unknown as { rows: ScoreboardRow[] }).rows);
  }

  /** The stages behind a cell, one a seed; undefined where the profile has no such cell. */
  cell(cell: Cell): StageNode[] | undefined {
    return cellNodes(this.profile, cell);
  }

  /** Ranks of the test users behind a cell, one a seed; the results must be in the store. */
  ranks(cell: Cell): Ranks[] | undefined {
    const read = this.reader();
    return cellNodes(this.profile, cell)?.map((node) => storedRanks(read(node), TABLE_PROTOCOL[cell.table]));
  }

  /** Loss and validation NDCG@10 by epoch of the first seed's run with the chosen learning rate, one curve a variant. */
  async trainingCurves(domain: DomainName = this.profile.domains[0], columns: readonly string[] = ['SAS', 'freeze.FT', 'trainable.FT', 'trainable.lexical']): Promise<Curve[]> {
    const firsts = columns.map((column) => {
      const nodes = cellNodes(this.profile, { table: 'table3', domain, column });
      if (nodes === undefined) throw unknownName('trainingCurves', 'column', column, table3Columns('SASRec').map(({ id }) => id));
      return { label: column, node: nodes[0] };
    });
    await this.run(firsts.map(({ node }) => node));
    const read = this.reader();
    return firsts.map(({ label, node }) => ({ label, domain, epochs: (read(node).json as unknown as RecommenderJson).log }));
  }

  /** A domain's sequences and item texts. */
  async dataset(domain: DomainName, ...watching: Watching): Promise<Dataset> {
    const [result] = await this.results([datasetNode(this.profile, domain)], watching);
    return loadDataset(result);
  }

  /** The item table of a domain from a language model (LF, PT, FT) or from its words alone (lexical). */
  async itemTable(domain: DomainName, source: TableSource, ...watching: Watching): Promise<ItemTable> {
    const [result] = await this.results([tableNode(this.profile, domain, source)], watching);
    return itemTable(result);
  }

  /** An item table in two dimensions, with each item's title and category. */
  async itemMap(domain: DomainName, source: TableSource, ...watching: Watching): Promise<ItemMap> {
    const table = await this.itemTable(domain, source, ...watching);
    return itemMap(table, (await this.dataset(domain)).itemTexts, source, domain);
  }

  /** An item and the `count` items most like it in an item table. `item` is an id, from 1. */
  async nearestItems(domain: DomainName, source: TableSource, item: number, count = 5): Promise<NearItem[]> {
    const table = await this.itemTable(domain, source);
    return nearestItems(table, (await this.dataset(domain)).itemTexts, item, count);
  }

  /** What RECFORMER is given of an evaluated user, token by token. `user` counts from 0. */
  async inputExample(domain: DomainName, user = 0, ...watching: Watching): Promise<InputExample> {
    const [dataset, tokenizer] = await this.results([datasetNode(this.profile, domain), tokenizerNode(this.profile)], watching);
    // The stage's file brings the engine with it: loaded when first needed.
    const { storedTokenizer } = await import('./stages/language');
    return inputExample(loadDataset(dataset), await storedTokenizer(tokenizer), { ...INPUT_LIMITS, ...this.profile.input }, user);
  }

  /** How many numbers RECFORMER and SASRec learn, in the paper and here. */
  async modelSizes(domain: DomainName = 'Pantry', ...watching: Watching): Promise<ModelSize[]> {
    const [model, dataset] = await this.results([languageNode(this.profile), datasetNode(this.profile, domain)], watching);
    return modelSizes(loadModel(model).config, loadDataset(dataset).items);
  }

  /** Columns of Table 3 (SASRec) by the length of the users' histories. */
  async historyLengths(domain: DomainName, columns: readonly string[], ...watching: Watching): Promise<LengthGroup[]> {
    const dataset = await this.dataset(domain);
    const groups: LengthGroup[] = [];
    for (const column of columns) {
      const nodes = cellNodes(this.profile, { table: 'table3', domain, column });
      if (nodes === undefined) throw unknownName('historyLengths', 'column', column, table3Columns('SASRec').map(({ id }) => id));
      const results = await this.results(nodes, watching);
      groups.push(...historyLengths(dataset, column, results.map((result) => storedRanks(result, 'sampled'))));
    }
    return groups;
  }

  /** Runs stages and reads their results. */
  private async results(nodes: readonly StageNode[], watching: Watching): Promise<StageResult[]> {
    await this.run(nodes, ...watching);
    return nodes.map(this.reader());
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

  /** The stages behind a table or Figure 2, baselines included. */
  private nodesOf(table: TableId): StageNode[] {
    const cells = allCells(this.profile).filter((cell) => cell.table === table);
    const rankings = table === 'table3' || table === 'table4' ? this.profile.domains.flatMap((domain) => [baselinesNode(this.profile, domain), oracleNode(this.profile, domain)]) : [];
    return [...rankings, ...cells.flatMap((cell) => cellNodes(this.profile, cell) ?? [])];
  }

  /** Computes what is missing of `nodes`, then makes something from the results. */
  private async made<T>(watching: Watching, nodes: readonly StageNode[], make: (read: Reader) => T): Promise<T> {
    await this.run(nodes, ...watching);
    return make(this.reader());
  }

  /** Reads stored results, each once a session. */
  private reader(): Reader {
    return (node) => {
      const result = this.seen.get(node.key) ?? this.store.read(node);
      if (result === undefined) throw new Error(`${node.label}: not in the store`);
      this.seen.set(node.key, result);
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

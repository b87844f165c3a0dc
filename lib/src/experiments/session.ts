/**
 * What a notebook and `elephant report` hold: a profile, a store and a way to run stages; openProfile.ts
 * makes one. A method computes what is missing, reads the rest from the store, and returns plain data to be
 * shown; what it returns is made by a view (views/), a pure function of stored results.
 */
import type { Dataset } from '../data';
import type { ReadReport } from '../data/readReport';
import type { Ranks } from '../evaluation';
import { INPUT_LIMITS, type ItemTable } from '../text';
import { allNodes } from './allNodes';
import { coldItems } from './controls/coldItems';
import { controlTables } from './controls/controlTables';
import { equalScales } from './controls/equalScales';
import { historyMasked } from './controls/historyMasked';
import { oneLoss } from './controls/oneLoss';
import { shareOfOracle } from './controls/shareOfOracle';
import { cellNodes, type Cell } from './cells';
import type { ScoreboardRow } from './claims';
import { checkFolders } from './givenFolders';
import type { ComparisonTable } from './measured';
import { datasetNode, languageNode, tableNode, tokenizerNode, type TableSource } from './nodes';
import type { Plan } from './plan';
import type { Backbone, Profile } from './profiles';
import { repetitions, type RepeatedScoreboard } from './repetitions';
import { runStages, type RunStatus } from '../pipeline/runner';
import { scoreboardNode } from './scoreboardNode';
import { closure, type StageNode, type StageResult } from '../pipeline/stage';
import { kinds } from './stages/kinds';
import { loadDataset } from './stages/storedDataset';
import { storedRanks } from './stages/storedEvaluation';
import { loadModel } from './stages/storedModel';
import { itemTable } from './stages/storedTable';
import type { Store } from '../pipeline/store';
import { TABLE_PROTOCOL } from './tableProtocol';
import { attentionMaps, type AttentionMap } from './views/attentionMaps';
import type { KindCost } from './views/cost';
import { historyLengths, type LengthGroup } from './views/historyLengths';
import { inputExample, type InputExample } from './views/inputExample';
import { itemMap, type ItemMap } from './views/itemMap';
import { languageLearningView, type LearningStep } from './views/languageLearning';
import { itemRows, type ItemRow } from './views/itemRows';
import { learningRates, rateColumns, rateDomains, type RateSearch } from './views/learningRates';
import { modelSizes, type ModelSize } from './views/modelSizes';
import { nearestItems, type NearItem } from './views/nearestItems';
import {
  table1View,
  table2View,
  table3AllItemsView,
  table3View,
  table4View,
  table5View,
} from './views/paperTables';
import { equalUpdates, pretrainingSize, sharesOutOfReach, type FractionPoint } from './views/pretrainingSize';
import { provenance, type Provenance } from './views/provenance';
import { CURVES, table3Nodes, trainingCurves, type Curve } from './views/trainingCurves';
import type { Reader, View } from './views/view';

export type { AttentionMap, Curve, FractionPoint, Plan, Provenance };

export interface SessionOptions {
  /** Worker processes; default the number of cores. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly onUpdate?: (status: RunStatus) => void;
}

/**
 * How a cell watches a computation: what is done, and a signal that the user interrupted (`show.progress`
 * gives both).
 */
export type Watching = [onUpdate?: (status: RunStatus) => void, signal?: AbortSignal];

/** A result that was taken for granted is not there, or was damaged. */
class NotStored extends Error {
  override readonly name = 'NotStored';
  constructor(readonly node: StageNode) {
    super(`${node.label}: not in the store`);
  }
}

export class Session {
  private every: StageNode[] | undefined;
  private readonly seen = new Map<string, StageResult>();

  constructor(
    readonly profile: Profile,
    private readonly store: Store,
    private readonly options: SessionOptions,
  ) {}

  /** Every stage of the profile. */
  nodes(): StageNode[] {
    return (this.every ??= allNodes(this.profile));
  }

  /** Computes what is missing of `nodes`. */
  async run(nodes: readonly StageNode[], ...[onUpdate, signal]: Watching): Promise<void> {
    checkFolders(this.profile);
    await runStages(nodes, {
      store: this.store,
      workers: this.options.workers,
      signal: signal ?? this.options.signal,
      onUpdate: onUpdate ?? this.options.onUpdate,
    });
  }

  /**
   * Stages, FLOP, memory and time of what is still to be computed. Computes none of it; measures the machine
   * for a few seconds.
   */
  async plan(): Promise<Plan> {
    // The calibration brings the engine with it: loaded when first needed.
    const { planOf } = await import('./plan');
    return planOf(this.nodes(), this.profile, this.store, this.options.workers ?? 1);
  }

  /** Stages and arithmetic of the whole profile, by kind. */
  async cost(): Promise<KindCost[]> {
    // As `plan`: what counts FLOP knows the models.
    const { cost } = await import('./views/cost');
    return cost(this.profile, this.nodes(), this.store);
  }

  /** How many stages the profile has, and how many of them are not in the store. */
  progress(): { stages: number; missing: number } {
    const nodes = closure(this.nodes());
    return { stages: nodes.length, missing: nodes.filter((node) => !this.store.has(node)).length };
  }

  /** What was read of the domains of a profile on files, as far as they are in the store. */
  readReports(): { domain: string; report: ReadReport }[] {
    return closure(this.nodes())
      .filter(({ kind }) => kind === kinds.amazonDataset)
      .flatMap((node) => this.store.read(node)?.json ?? [])
      .map((json) => json as unknown as { name: string; report: ReadReport })
      .map(({ name, report }) => ({ domain: name, report }));
  }

  table1(...watching: Watching): Promise<ComparisonTable> {
    return this.view(table1View(this.profile), watching);
  }

  table2(...watching: Watching): Promise<ComparisonTable> {
    return this.view(table2View(this.profile), watching);
  }

  table3(backbone: Backbone = 'SASRec', ...watching: Watching): Promise<ComparisonTable> {
    return this.view(table3View(this.profile, backbone), watching);
  }

  /** Table 3's runs as they rank among all items; Table 4 has runs that are trained and selected for that. */
  table3AllItems(backbone: Backbone = 'SASRec', ...watching: Watching): Promise<ComparisonTable> {
    return this.view(table3AllItemsView(this.profile, backbone), watching);
  }

  table4(...watching: Watching): Promise<ComparisonTable> {
    return this.view(table4View(this.profile), watching);
  }

  table5(...watching: Watching): Promise<ComparisonTable> {
    return this.view(table5View(this.profile), watching);
  }

  /** Figure 1: what `<s>` attends to, by layer and head, in two models on each domain. */
  figure1(...watching: Watching): Promise<AttentionMap[]> {
    return this.view(attentionMaps(this.profile), watching);
  }

  /** Figure 2: how much pre-training data the item table needs. */
  figure2(...watching: Watching): Promise<FractionPoint[]> {
    return this.view(pretrainingSize(this.profile), watching);
  }

  /** Figure 2's points with as many updates as all sequences have. */
  equalUpdates(...watching: Watching): Promise<FractionPoint[]> {
    return this.view(equalUpdates(this.profile), watching);
  }

  /** The paper's shares of Figure 2 that leave too few of this profile's sequences. */
  sharesOutOfReach(...watching: Watching): Promise<{ percent: number; sequences: number }[]> {
    return this.view(sharesOutOfReach(this.profile), watching);
  }

  /** Beyond the paper: SASRec with the loss of the other models. */
  oneLoss(...watching: Watching): Promise<ComparisonTable> {
    return this.view(oneLoss(this.profile), watching);
  }

  /** Beyond the paper: tables that keep one property of FT. */
  controlTables(...watching: Watching): Promise<ComparisonTable> {
    return this.view(controlTables(this.profile), watching);
  }

  /** Beyond the paper: item tables brought to the scale of the random one. */
  equalScales(...watching: Watching): Promise<ComparisonTable> {
    return this.view(equalScales(this.profile), watching);
  }

  /** Beyond the paper: full ranking without the items that the user has had. */
  historyMasked(...watching: Watching): Promise<ComparisonTable> {
    return this.view(historyMasked(this.profile), watching);
  }

  /** Beyond the paper: columns of Table 3 (SASRec) by how often the target was trained on. */
  async coldItems(domain: string, columns: readonly string[], ...watching: Watching): Promise<LengthGroup[]> {
    return this.view(coldItems(this.profile, domain, columns), watching);
  }

  /** Beyond the paper: NDCG@10 by the oracle's; simulated data only. */
  async shareOfOracle(backbone: Backbone = 'SASRec', ...watching: Watching): Promise<ComparisonTable> {
    return this.view(shareOfOracle(this.profile, backbone), watching);
  }

  /** How far the language stages learnt. */
  languageLearning(...watching: Watching): Promise<LearningStep[]> {
    return this.view(languageLearningView(this.profile), watching);
  }

  /** The verdict on each of the paper's claims (method 12). */
  scoreboard(...watching: Watching): Promise<ScoreboardRow[]> {
    const node = scoreboardNode(this.profile);
    return this.view(
      { nodes: [node], make: (read) => (read(node).json as unknown as { rows: ScoreboardRow[] }).rows },
      watching,
    );
  }

  /** The verdicts where Table 3 is computed again from other seeds and in other simulated worlds. */
  repetitions(...watching: Watching): Promise<RepeatedScoreboard[]> {
    return this.view(repetitions(this.profile), watching);
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

  /**
   * Loss and validation NDCG@10 by epoch of the first seed's run with the chosen learning rate, one curve a
   * variant.
   */
  async trainingCurves(
    domain: string = this.profile.domains[0],
    columns: readonly string[] = CURVES,
    ...watching: Watching
  ): Promise<Curve[]> {
    return this.view(trainingCurves(this.profile, domain, columns), watching);
  }

  /** Best validation NDCG@10 at each learning rate tried, one entry a column of Table 3 (SASRec). */
  async learningRates(
    domain: string = rateDomains(this.profile)[0] ?? this.profile.domains[0],
    columns: readonly string[] = rateColumns(this.profile),
    ...watching: Watching
  ): Promise<RateSearch[]> {
    return this.view(learningRates(this.profile, domain, columns), watching);
  }

  /** A domain's sequences and item texts. */
  async dataset(domain: string, ...watching: Watching): Promise<Dataset> {
    const [result] = await this.results([datasetNode(this.profile, domain)], watching);
    return loadDataset(result);
  }

  /** A domain's items as rows to be looked at, in the order of their ids. */
  async itemRows(domain: string, ...watching: Watching): Promise<ItemRow[]> {
    return itemRows(await this.dataset(domain, ...watching));
  }

  /** The item table of a domain from a language model (LF, PT, FT) or from its words alone (lexical). */
  async itemTable(domain: string, source: TableSource, ...watching: Watching): Promise<ItemTable> {
    const [result] = await this.results([tableNode(this.profile, domain, source)], watching);
    return itemTable(result);
  }

  /** An item table in two dimensions, with each item's title and category. */
  async itemMap(domain: string, source: TableSource, ...watching: Watching): Promise<ItemMap> {
    const table = await this.itemTable(domain, source, ...watching);
    return itemMap(table, (await this.dataset(domain)).itemTexts, source, domain);
  }

  /** An item and the `count` items most like it in an item table. `item` is an id, from 1. */
  async nearestItems(domain: string, source: TableSource, item: number, count = 5): Promise<NearItem[]> {
    const table = await this.itemTable(domain, source);
    return nearestItems(table, (await this.dataset(domain)).itemTexts, item, count);
  }

  /** What RECFORMER is given of an evaluated user, token by token. `user` counts from 0. */
  async inputExample(domain: string, user = 0, ...watching: Watching): Promise<InputExample> {
    const [dataset, tokenizer] = await this.results(
      [datasetNode(this.profile, domain), tokenizerNode(this.profile)],
      watching,
    );
    // Brings the tokenizers' library with it: loaded when first needed.
    const { storedTokenizer } = await import('./stages/storedTokenizer');
    return inputExample(
      loadDataset(dataset),
      await storedTokenizer(tokenizer),
      { ...INPUT_LIMITS, ...this.profile.input },
      user,
    );
  }

  /** How many numbers RECFORMER and SASRec learn, in the paper and here. */
  async modelSizes(domain: string = 'Pantry', ...watching: Watching): Promise<ModelSize[]> {
    const [model, dataset] = await this.results(
      [languageNode(this.profile), datasetNode(this.profile, domain)],
      watching,
    );
    return modelSizes(loadModel(model).config, loadDataset(dataset).items);
  }

  /** Columns of Table 3 (SASRec) by the length of the users' histories. */
  async historyLengths(
    domain: string,
    columns: readonly string[],
    ...watching: Watching
  ): Promise<LengthGroup[]> {
    const dataset = await this.dataset(domain);
    const groups: LengthGroup[] = [];
    for (const column of columns) {
      const results = await this.results(
        table3Nodes('historyLengths', this.profile, domain, column),
        watching,
      );
      groups.push(
        ...historyLengths(
          dataset,
          column,
          results.map((result) => storedRanks(result, 'sampled')),
        ),
      );
    }
    return groups;
  }

  /** Runs stages and reads their results. */
  private async results(nodes: readonly StageNode[], watching: Watching): Promise<StageResult[]> {
    return this.view({ nodes, make: (read) => nodes.map(read) }, watching);
  }

  /** Data, seeds and versions that the results depend on. */
  provenance(): Promise<Provenance> {
    return this.view(provenance(this.profile), []);
  }

  /**
   * Computes what is missing, then makes the view from the results. Those that turn out damaged are set aside
   * and computed again, each once.
   */
  private async view<T>({ nodes, make }: View<T>, watching: Watching): Promise<T> {
    const setAside = new Set<string>();
    for (;;) {
      await this.run(nodes, ...watching);
      try {
        return make(this.reader());
      } catch (error) {
        if (!(error instanceof NotStored) || setAside.has(error.node.key)) throw error;
        setAside.add(error.node.key);
      }
    }
  }

  /** The stored result of a stage. @throws where there is none. */
  read(node: StageNode): StageResult {
    return this.reader()(node);
  }

  /** True where a stage's result is in the store. */
  has(node: StageNode): boolean {
    return this.store.has(node);
  }

  /** Reads stored results, each once a session. */
  private reader(): Reader {
    return (node) => {
      const result = this.seen.get(node.key) ?? this.store.read(node);
      if (result === undefined) throw new NotStored(node);
      this.seen.set(node.key, result);
      return result;
    };
  }
}

/** Tables 1 to 5 as data: what the paper printed beside what the stored results say. Pure functions; shown by report/. */
import type { DatasetStatistics } from '../data/statistics';
import type { Metrics, Protocol } from '../evaluation';
import { BASE, cellNodes, layersOf, LAYER_SETS, LEXICAL_COLUMNS, TABLE3_COLUMNS, TABLE_PROTOCOL, type Cell, type TableId } from './cells';
import { measured, type ComparisonTable, type TableCell, type TableColumn, type TableRow } from './measured';
import { baselinesNode, datasetNode, oracleNode } from './nodes';
import { paperTables } from './paper';
import type { Backbone, Profile } from './profiles';
import type { StageNode } from './stage';
import type { BaselineName, BaselinesJson } from './stages/baselines';
import { kinds } from './stages/kinds';
import type { RecommenderJson } from './stages/recommender';
import type { Reader } from './views/view';

export const METRICS = { 'H@5': 'HR@5', 'H@10': 'HR@10', 'N@5': 'NDCG@5', 'N@10': 'NDCG@10' } as const;
/** Of rankings among all items, as in Table 4. */
const WITH_50 = { ...METRICS, 'H@50': 'HR@50', 'N@50': 'NDCG@50' } as const;

/** What the reader must know of the data before comparing with the paper. */
function dataNote({ given }: Profile): string {
  return given === undefined ? SIMULATED : GIVEN;
}

const GIVEN = "Our numbers are measured on the Amazon files given, with the language model given; neither is what the paper used, so levels cannot be compared, only orders within a row.";
const SIMULATED = "Our numbers are measured on simulated data that borrow the names of the paper's domains; the paper's are on Amazon reviews. Levels cannot be compared, only orders within a row.";
const BASELINES = ['popularity', 'transition'] as const;

export function table1(profile: Profile, read: Reader): ComparisonTable {
  const { domain, also } = profile.layerSets;
  const { layers } = profile.language;
  return build(profile, read, {
    id: 'table1',
    title: 'Table 1: RECFORMER with some of its layers tuned, 100 sampled negatives',
    domains: [domain, ...also],
    columns: [...LAYER_SETS].map(([id, printed]) => ({ id, label: layerLabel(id, printed, layers), group: 'Tuned layers' })),
    paper: (row, metric) => paperTables().table1[row]?.[metric],
    notes: [
      `Layers are counted from 0. ${profile.layerSets.restricted === 'FT' ? 'The restriction holds in fine-tuning only, from the pre-trained weights (D36, the cheaper reading)' : 'The restriction holds in pre-training and in fine-tuning (D36)'}; None is the language model as it is, None (PT) the pre-trained one.`,
      dataNote(profile),
    ],
  });
}

/** Printed layers; in a model of another depth its own, with the printed ones behind. */
function layerLabel(id: string, printed: 'all' | readonly number[], layers: number): string {
  return layers === 12 || printed === 'all' || printed.length === 0 ? id : `${layersOf(printed, layers)} (for ${id})`;
}

/** Statistics of the data, computed (Table 2). Counts, not percentages. */
export function table2(profile: Profile, domains: readonly string[], read: Reader): ComparisonTable {
  const columns: [id: string, label: string, value: (statistics: DatasetStatistics) => number][] = [
    ['users', '# User', (s) => s.users],
    ['items', '# Item', (s) => s.items],
    ['interactions', '# Interactions', (s) => s.interactions],
    ['avgLen', 'Avg. len', (s) => s.averageLength],
    ['evaluationUsers', 'Evaluated users', (s) => s.evaluationUsers],
  ];
  const rows = domains.map((domain): TableRow => {
    const { statistics } = read(datasetNode(profile, domain)).json as unknown as { statistics: DatasetStatistics };
    const printed = paperTables().table2[domain];
    const cells = columns.map(([id, , value]): [string, TableCell] => [id, { ours: measured([value(statistics)]), paper: printed?.[id] ?? undefined }]);
    return { dataset: domain, metric: '', cells: Object.fromEntries(cells) };
  });
  return {
    id: 'table2', title: 'Table 2: statistics of the data', unit: '', rows,
    columns: columns.map(([id, label]) => ({ id, label })),
    notes: [profile.given === undefined ? 'The embedded domains are simulated and a hundred times smaller than those of the paper, whose names and roles they have.' : 'The files given, after the profile\'s filters.'],
  };
}

export function table3(profile: Profile, backbone: Backbone, read: Reader): ComparisonTable {
  return build(profile, read, {
    id: 'table3',
    backbone,
    title: `Table 3: item initialisation for ${backbone}, 100 sampled negatives`,
    domains: profile.domains,
    withBaselines: true,
    columns: table3Columns(backbone),
    paper: (row, metric) => paperTables().table3[backbone][row]?.[metric],
    notes: [
      dataNote(profile),
      `Popularity and Transition learn nothing${profile.given === undefined ? '; the Oracle ranks by the distribution that the data were drawn from, the best that any model can expect' : ''}.`,
      ...(backbone === 'SASRec'
        ? [
            'The lexical table knows which words an item\'s text has (TF-IDF, truncated SVD) but no language; it is a control that the paper does not have.',
            'SASRec is trained with one negative a position, RECFORMER and BERT4Rec with the softmax over all items, as the authors\' code does (D43).',
          ]
        : []),
    ],
  });
}

/** The runs of Table 3 ranked among all items of their domain; they were selected among sampled ones all the same. */
export function table3AllItems(profile: Profile, backbone: Backbone, read: Reader): ComparisonTable {
  return build(profile, read, {
    id: 'table3',
    name: `table3-all-items-${backbone}`,
    protocol: 'full',
    backbone,
    title: `Table 3's runs for ${backbone}, ranked among all items`,
    domains: profile.domains,
    metrics: WITH_50,
    withBaselines: true,
    columns: table3Columns(backbone),
    paper: () => undefined,
    notes: ['The same runs as in Table 3: their losses are those of Table 3, and validation among 100 sampled negatives selected them. Items of the history stay candidates.', dataNote(profile)],
  });
}

export function table3Columns(backbone: Backbone): TableColumn[] {
  const groups: Record<string, string> = { freeze: 'Embedding-init (freeze)', trainable: 'Embedding-init (trainable)', further: 'Further-train' };
  const columns = [...TABLE3_COLUMNS, ...LEXICAL_COLUMNS].map((column): TableColumn => {
    if (column === 'base') return { id: BASE[backbone], label: BASE[backbone] };
    const [group, name] = column.split('.');
    return name === undefined ? { id: column, label: column } : { id: column, label: name, group: name === 'lexical' ? `Control (${group})` : groups[group] };
  });
  return backbone === 'SASRec' ? columns : columns.filter(({ id }) => !id.endsWith('.lexical'));
}

export function table4(profile: Profile, read: Reader): ComparisonTable {
  return build(profile, read, {
    id: 'table4',
    title: 'Table 4: full ranking over all items',
    domains: profile.domains,
    metrics: WITH_50,
    withBaselines: true,
    columns: [{ id: 'REC', label: 'REC' }, { id: 'SAS', label: 'SAS' }, { id: 'FT', label: 'FT' }],
    paper: (row, metric) => paperTables().table4[row]?.[metric],
    notes: [
      'REC is selected by full ranking from the same fine-tuning as that of Table 3, which goes on until neither protocol improves. FT is SASRec with the trainable FT table. Full ranking comes with the softmax loss for SASRec, as in the authors\' code (D12), and selects by full ranking. Items of the history stay candidates.',
      dataNote(profile),
    ],
  });
}

export function table5(profile: Profile, read: Reader): ComparisonTable {
  const withID = (name: string): TableColumn => ({ id: `withID.${name}`, label: name, group: 'SASRec with ID' });
  return build(profile, read, {
    id: 'table5',
    title: 'Table 5: further cooperations, 100 sampled negatives',
    domains: profile.withID,
    columns: [{ id: 'SAS', label: 'SAS' }, withID('LF'), withID('PT'), withID('FT'), { id: 'REC', label: 'REC' }, { id: 'REC.trainable', label: 'REC trainable' }],
    paper: (row, metric) => paperTables().table5[row]?.[metric],
    notes: ['With ID: a trainable random table plus the fixed table of the language model, summed (D39).', 'REC trainable: from the end of the same FT1 as REC, its item table trained in FT2 as well (D37).', dataNote(profile)],
  });
}

interface TableDescription {
  /** Whose cells they are. */
  id: TableId;
  /** Default: that of the table and its backbone. */
  name?: string;
  /** Default: that of the table. */
  protocol?: Protocol;
  backbone?: Backbone;
  title: string;
  domains: readonly string[];
  /** Default: those of all tables. */
  metrics?: Readonly<Record<string, string>>;
  /** Columns of rankings without a trained model, the oracle among them. */
  withBaselines?: boolean;
  columns: readonly TableColumn[];
  paper: (domain: string, metric: string) => Record<string, number | null> | undefined;
  notes: readonly string[];
}

function build(profile: Profile, read: Reader, { id, backbone, name = backbone === undefined ? id : `${id}-${backbone}`, protocol = TABLE_PROTOCOL[id], title, domains, metrics = METRICS, withBaselines = false, columns, paper, notes }: TableDescription): ComparisonTable {
  const rows = domains.flatMap((domain) =>
    Object.entries(metrics).map(([metric, key]): TableRow => {
      const cells: Record<string, TableCell> = {};
      if (withBaselines) {
        for (const name of BASELINES) cells[name] = { ours: measured([100 * baselineMetrics(profile, domain, name, protocol, read)[key]]) };
        if (profile.given === undefined) {
          const { test } = read(oracleNode(profile, domain)).json as unknown as { test: Record<Protocol, Metrics> };
          cells.oracle = { ours: measured([100 * test[protocol][key]]) };
        }
      }
      for (const { id: column } of columns) {
        const values = cellMetrics(profile, { table: id, backbone, domain, column }, read, protocol)?.map((test) => 100 * test[key]);
        cells[column] = { ours: values && measured(values), paper: paper(domain, metric)?.[column] ?? undefined };
      }
      return { dataset: domain, metric, cells };
    }),
  );
  const none = !withBaselines ? [] : [...BASELINES, ...(profile.given === undefined ? ['oracle'] : [])].map((name): TableColumn => ({ id: name, label: name[0].toUpperCase() + name.slice(1), group: 'No model' }));
  const limit = atTheLimit(domains.flatMap((domain) => columns.flatMap(({ id: column }) => cellNodes(profile, { table: id, backbone, domain, column }) ?? [])), read);
  return { id: name, title, unit: '%', columns: [...none, ...columns], rows, notes: [...notes, ...limit] };
}

/** Whether the recommenders of a table were trained to their end, in a sentence; none where there are none, or all were. */
function atTheLimit(nodes: readonly StageNode[], read: Reader): string[] {
  const trained = nodes.filter(({ kind }) => kind === kinds.recommender).map((node) => read(node).json as unknown as RecommenderJson);
  const limited = trained.filter(({ stopped }) => stopped === 'epochs').length;
  return limited === 0 ? [] : [`${limited} of the ${trained.length} trainings of recommenders ended at the last epoch allowed, not for want of a better validation: with more epochs these might still rise.`];
}

/** Test metrics of each seed of a cell, shares between 0 and 1; undefined where the profile has no such cell. */
export function cellMetrics(profile: Profile, cell: Cell, read: Reader, protocol: Protocol = TABLE_PROTOCOL[cell.table]): Metrics[] | undefined {
  return cellNodes(profile, cell)?.map((node) => (read(node).json as unknown as { test: Record<Protocol, Metrics> }).test[protocol]);
}

function baselineMetrics(profile: Profile, domain: string, name: BaselineName, protocol: Protocol, read: Reader): Metrics {
  return (read(baselinesNode(profile, domain)).json as unknown as BaselinesJson)[name][protocol];
}

/**
 * Table 3: SASRec with different item tables, 100 sampled negatives (paper, section 4.3). The columns that need a language
 * model come with it; those that are here stand beside the paper's numbers, with two rows of models that know no words.
 */
import type { DomainName } from '../data/simulation';
import { measured, type ComparisonTable, type TableCell, type TableColumn, type TableRow } from './measured';
import { baselinesNode, recommenderNodes, type Variant } from './nodes';
import { paperTables } from './paper';
import type { Profile } from './profiles';
import type { StageNode, StageResult } from './stage';
import type { RecommenderJson } from './stages/recommender';
import type { BaselinesJson } from './stages/baselines';

const METRICS = { 'H@5': 'HR@5', 'H@10': 'HR@10', 'N@5': 'NDCG@5', 'N@10': 'NDCG@10' } as const;

const BASELINES = ['popularity', 'transition'] as const;

/** The variants that exist, in the order of the columns. `SAS` is the paper's column of that name. */
export const TABLE3_VARIANTS: readonly Variant[] = [
  { id: 'SAS', label: 'random table', table: 'random', tuning: 'trainable' },
  { id: 'freeze.lexical', label: 'lexical table, frozen', table: 'lexical', tuning: 'freeze' },
  { id: 'trainable.lexical', label: 'lexical table, trainable', table: 'lexical', tuning: 'trainable' },
];

/** The nodes of one domain by column, a list over seeds each. */
export interface Table3Nodes {
  readonly variants: Record<string, StageNode[]>;
  readonly baselines: StageNode;
}

export function table3Nodes(profile: Profile, domain: DomainName): Table3Nodes {
  const variants = Object.fromEntries(TABLE3_VARIANTS.map((variant) => [variant.id, recommenderNodes(profile, domain, 'sasrec', variant)]));
  return { variants, baselines: baselinesNode(profile, domain) };
}

export const TABLE3_COLUMNS: readonly TableColumn[] = [
  { id: 'popularity', label: 'Popularity', group: 'No model' },
  { id: 'transition', label: 'Transition', group: 'No model' },
  { id: 'SAS', label: 'SAS', group: 'SASRec' },
  { id: 'freeze.lexical', label: 'Lexical', group: 'Embedding-init (freeze)' },
  { id: 'trainable.lexical', label: 'Lexical', group: 'Embedding-init (trainable)' },
];

/** The table as data; `read` gives a node's stored result. Percentages. */
export function table3(profile: Profile, read: (node: StageNode) => StageResult): ComparisonTable {
  const printed = paperTables().table3.SASRec;
  const rows: TableRow[] = [];
  for (const domain of profile.domains) {
    const nodes = table3Nodes(profile, domain);
    const baselines = read(nodes.baselines).json as unknown as BaselinesJson;
    for (const [metric, key] of Object.entries(METRICS)) {
      const cells: Record<string, TableCell> = {};
      for (const name of BASELINES) cells[name] = { ours: measured([100 * baselines[name].sampled[key]]) };
      for (const [id, seeds] of Object.entries(nodes.variants)) {
        const values = seeds.map((node) => 100 * (read(node).json as unknown as RecommenderJson).test.sampled[key]);
        cells[id] = { ours: measured(values), paper: printed[domain]?.[metric]?.[id] ?? undefined };
      }
      rows.push({ dataset: domain, metric, cells });
    }
  }
  return {
    id: 'table3',
    title: 'Table 3: item initialisation for SASRec, 100 sampled negatives',
    unit: '%',
    columns: TABLE3_COLUMNS,
    rows,
    notes: [
      'Our numbers are measured on simulated data that borrow the names of the paper\'s domains; the paper\'s numbers are on Amazon reviews. Levels cannot be compared, only orders within a row.',
      'The lexical table knows which words an item\'s text has (TF-IDF, truncated SVD) but no language; it is a control that the paper does not have.',
    ],
  };
}

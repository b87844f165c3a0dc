/**
 * Which stages stand behind a cell of the paper's tables and of Figure 2: the one place where a column's name
 * becomes runs. Tables, the scoreboard and tests all ask here. Column names are those of
 * lib/data/paper-tables.json.
 */
import {
  encodedNode,
  finetuneNode,
  fullRankingRecNode,
  pretrainNode,
  recommenderNodes,
  tableNode,
  trainableRecNode,
  type TableSource,
} from './nodes';
import type { Backbone, Profile, TableName } from './profiles';
import type { StageNode } from '../pipeline/stage';

export type TableId = TableName;

export interface Cell {
  readonly table: TableId;
  /** Default "SASRec". */
  readonly backbone?: Backbone;
  readonly domain: string;
  readonly column: string;
}

/**
 * Table 1's columns in the paper's order: layers that are tuned. "None" is the paper's, "None (PT)" ours:
 * pre-trained, not fine-tuned.
 */
export const LAYER_SETS: ReadonlyMap<string, 'all' | readonly number[]> = new Map<
  string,
  'all' | readonly number[]
>([
  ['None', []],
  ['None (PT)', []],
  ['All', 'all'],
  ['0,4,8', [0, 4, 8]],
  ['1,5,9', [1, 5, 9]],
  ['2,6,10', [2, 6, 10]],
  ['3,7,11', [3, 7, 11]],
  ['3', [3]],
  ['7', [7]],
  ['11', [11]],
]);

/**
 * The printed layers in a model of `layers` layers: the last layer of the same share of its depth, so that 3,
 * 7, 11 of twelve are 1, 3, 5 of six. Sets that fall together are computed once.
 */
export function layersOf(printed: 'all' | readonly number[], layers: number): 'all' | number[] {
  return printed === 'all'
    ? 'all'
    : [...new Set(printed.map((layer) => Math.ceil(((layer + 1) * layers) / 12) - 1))];
}

/**
 * Columns of Table 3 in the paper's order; "base" stands for SAS or BERT. The lexical ones are controls of
 * ours.
 */
export const TABLE3_COLUMNS = [
  'base',
  'REC',
  'freeze.LF',
  'freeze.PT',
  'freeze.FT',
  'trainable.LF',
  'trainable.PT',
  'trainable.FT',
  'further.All',
  'further.Emb',
] as const;
export const LEXICAL_COLUMNS = ['freeze.lexical', 'trainable.lexical'] as const;
export const BASE: Readonly<Record<Backbone, string>> = { SASRec: 'SAS', BERT4Rec: 'BERT' };

/** The runs of a cell, one a seed; undefined where the profile has no such cell. */
export function cellNodes(
  profile: Profile,
  { table, backbone = 'SASRec', domain, column }: Cell,
): StageNode[] | undefined {
  if (!profile.tables.includes(table) || !profile.backbones.includes(backbone)) return undefined;
  switch (table) {
    case 'table1':
      return layerSet(profile, domain, column);
    case 'table3':
      return profile.domains.includes(domain)
        ? table3(profile, domain, backbone, column, 'sampled')
        : undefined;
    case 'table4':
      return profile.domains.includes(domain) ? table4(profile, domain, column) : undefined;
    case 'table5':
      return profile.withID.includes(domain) ? table5(profile, domain, column) : undefined;
    case 'figure2':
      return profile.fractionDomains.includes(domain) ? fraction(profile, domain, column) : undefined;
  }
}

function layerSet(profile: Profile, domain: string, column: string): StageNode[] | undefined {
  const { domain: main, also } = profile.layerSets;
  const measured = domain === main || (also.includes(domain) && (column === 'All' || column === '3,7,11'));
  const printed = LAYER_SETS.get(column);
  if (!measured || printed === undefined) return undefined;
  const tuned = layersOf(printed, profile.language.layers);
  const restricted = profile.layerSets.restricted === 'PT and FT' && tuned !== 'all' && tuned.length > 0;
  return [
    finetuneNode(profile, domain, { tuned, from: column === 'None' ? 'LF' : restricted ? tuned : 'PT' }),
  ];
}

function table3(
  profile: Profile,
  domain: string,
  backbone: Backbone,
  column: string,
  protocol: 'sampled' | 'full',
): StageNode[] | undefined {
  if (column === 'REC')
    return [protocol === 'full' ? fullRankingRecNode(profile, domain) : finetuneNode(profile, domain)];
  if (column === BASE[backbone])
    return recommenderNodes(profile, domain, { backbone, variant: 'base', protocol });
  const [group, name] = column.split('.');
  const table = (source: TableSource) => ({ node: tableNode(profile, domain, source), name: source });
  if (group === 'further' && (name === 'All' || name === 'Emb')) {
    return recommenderNodes(profile, domain, {
      backbone,
      variant: `further${name}`,
      table: table('FT'),
      protocol,
    });
  }
  if (
    (group === 'freeze' || group === 'trainable') &&
    (name === 'LF' || name === 'PT' || name === 'FT' || name === 'lexical')
  ) {
    return recommenderNodes(profile, domain, { backbone, variant: group, table: table(name), protocol });
  }
  return undefined;
}

/** Full ranking. FT is SASRec trainable.FT, with the FT table of the sampled setting (D46). */
function table4(profile: Profile, domain: string, column: string): StageNode[] | undefined {
  const columns: Record<string, string> = { REC: 'REC', SAS: 'SAS', FT: 'trainable.FT' };
  return Object.hasOwn(columns, column)
    ? table3(profile, domain, 'SASRec', columns[column], 'full')
    : undefined;
}

function table5(profile: Profile, domain: string, column: string): StageNode[] | undefined {
  if (column === 'SAS' || column === 'REC') return table3(profile, domain, 'SASRec', column, 'sampled');
  if (column === 'REC.trainable') return [trainableRecNode(profile, domain)];
  const source = /^withID\.(LF|PT|FT)$/.exec(column)?.[1] as TableSource | undefined;
  if (source === undefined) return undefined;
  return recommenderNodes(profile, domain, {
    backbone: 'SASRec',
    variant: 'withID',
    table: { node: tableNode(profile, domain, source), name: source },
  });
}

/** Figure 2: SASRec trainable.PT by percentage of the pre-training set; 0 is LF. */
function fraction(profile: Profile, domain: string, column: string): StageNode[] | undefined {
  if (column === '0') return table3(profile, domain, 'SASRec', 'trainable.LF', 'sampled');
  if (column === '100') return table3(profile, domain, 'SASRec', 'trainable.PT', 'sampled');
  const share = profile.pretrain.fractions.find((value) => percentage(value) === column);
  if (share === undefined) return undefined;
  const node = encodedNode(profile, domain, pretrainNode(profile, { fraction: share }), `PT ${column} %`);
  return recommenderNodes(profile, domain, {
    backbone: 'SASRec',
    variant: 'trainable',
    table: { node, name: `PT ${column} %` },
  });
}

/** Every cell of the profile, baselines apart. */
export function allCells(profile: Profile): Cell[] {
  const { layerSets, domains, withID, fractionDomains } = profile;
  const of = (
    table: TableId,
    rows: readonly string[],
    columns: readonly string[],
    backbone?: Backbone,
  ): Cell[] => rows.flatMap((domain) => columns.map((column) => ({ table, backbone, domain, column })));
  const cells = [
    ...of('table1', [layerSets.domain, ...layerSets.also], [...LAYER_SETS.keys()]),
    ...of('table3', domains, [BASE.SASRec, ...TABLE3_COLUMNS, ...LEXICAL_COLUMNS], 'SASRec'),
    ...of('table3', domains, [BASE.BERT4Rec, ...TABLE3_COLUMNS], 'BERT4Rec'),
    ...of('table4', domains, ['REC', 'SAS', 'FT']),
    ...of('table5', withID, ['SAS', 'withID.LF', 'withID.PT', 'withID.FT', 'REC', 'REC.trainable']),
    ...of('figure2', fractionDomains, fractionColumns(profile)),
  ];
  return cells.filter((cell) => cellNodes(profile, cell) !== undefined);
}

/** 0.01 -> "1". */
export function percentage(share: number): string {
  return String(Number((100 * share).toPrecision(6)));
}

/** Figure 2's columns in this profile. */
export function fractionColumns(profile: Profile): string[] {
  return ['0', ...profile.pretrain.fractions.map(percentage), '100'];
}

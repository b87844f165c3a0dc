/**
 * The columns of the paper's tables and of Figure 2, by name. The names are those of
 * lib/data/paper-tables.json; cells.ts says which stages are behind them.
 */
import type { Backbone, Profile, TableName } from './profiles';

/** A column of one of the paper's tables on one dataset. */
export interface Cell {
  readonly table: TableName;
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
/** The columns that others are compared with. */
export const BASES: readonly string[] = Object.values(BASE);

/** 0.01 -> "1". */
export function percentage(share: number): string {
  return String(Number((100 * share).toPrecision(6)));
}

/** Figure 2's columns in this profile. */
export function fractionColumns(profile: Profile): string[] {
  return ['0', ...profile.pretrain.fractions.map(percentage), '100'];
}

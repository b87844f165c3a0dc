/**
 * A claim of the paper as data: which columns of which tables are compared, in which direction, on which
 * domains. registry.ts has the claims; whatever judges them reads only these fields.
 */
import type { Backbone, TableName } from '../profiles';

/**
 * One column, named as in lib/data/paper-tables.json; of figure2 the percentage as text, "0" being LF. In
 * table3 "base" is the model without a language model: SAS or BERT.
 */
export interface Column {
  readonly table: TableName;
  readonly column: string;
  /** Table 3 only: a fixed half of the table, instead of the half that the claim is looked at in. */
  readonly backbone?: Backbone;
}

export type MetricFamily = 'HR' | 'NDCG';

export interface Measure {
  readonly family: MetricFamily;
  readonly k: number;
}

/** Relative gain of `a` over `b`. A side with several columns is as good as the best of them. */
export interface Gain {
  readonly a: readonly Column[];
  readonly b: readonly Column[];
  /** Instead of the claim's metric family, at the same cut-off. */
  readonly family?: MetricFamily;
}

/**
 * The one number that a claim is about. "gain": a over b. "weakest": the smallest of several gains, for a
 * claim that says "every" (direction "above" only). "moreThan": one gain minus another.
 */
export type Contrast =
  | ({ readonly kind: 'gain' } & Gain)
  | { readonly kind: 'weakest'; readonly gains: readonly Gain[] }
  | { readonly kind: 'moreThan'; readonly more: Gain; readonly less: Gain };

/**
 * Where the claim says the contrast lies: above 0, below 0, or, for "comparable" and "does not help", not
 * below or not above 0 by more than the margin.
 */
export type Direction = 'above' | 'below' | 'notBelow' | 'notAbove';

/**
 * How well the paper's own numbers bear the claim out (method 12). "strong": in at least nine of ten cells,
 * the margin granted. "weak": in fewer. "unprinted": the paper shows a curve without numbers.
 */
export type Strength = 'strong' | 'weak' | 'unprinted';

/** A claim of the paper as a contrast between columns of its tables. */
export interface Claim {
  readonly id: string;
  /** Of the paper, such as "4.3 (2)". */
  readonly section: string;
  readonly statement: string;
  readonly strength: Strength;
  readonly contrast: Contrast;
  readonly direction: Direction;
  /** Relative; 0 unless the claim says "comparable" or "does not help". */
  readonly margin: number;
  readonly metric: Measure;
  /**
   * How the targets are ranked: among 100 sampled negatives or among all items. Both where two tables are
   * compared.
   */
  readonly protocol: 'sampled' | 'full' | 'both';
  /** "evaluated": every domain that is evaluated. A list: the domains that the paper's claim is about. */
  readonly domains: 'evaluated' | readonly string[];
  /**
   * Halves of Table 3 that the contrast is averaged over; empty if the columns have no backbone or name their
   * own.
   */
  readonly backbones: readonly Backbone[];
  /** Entries of `claims` in paper-tables.json with changes that the paper's text states without a table. */
  readonly quotedIn?: readonly string[];
}

/**
 * Smallest value of the contrast that the claim allows (directions "above", "notBelow") or the largest
 * ("below", "notAbove").
 */
export function thresholdOf({ direction, margin }: Pick<Claim, 'direction' | 'margin'>): number {
  return direction === 'notBelow' ? -margin : direction === 'notAbove' ? margin : 0;
}

/** Whether the claim says that the contrast lies above its threshold (else below). */
export function claimsAbove(direction: Direction): boolean {
  return direction === 'above' || direction === 'notBelow';
}

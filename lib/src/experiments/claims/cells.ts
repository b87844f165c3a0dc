/**
 * The cells that a claim is about (domain x backbone), and in how many cells of the printed kind (domain x
 * backbone x metric) it holds. The counts are for reading beside the paper's tables; the verdict uses only
 * the average over cells.
 */
import type { Backbone } from '../profiles';
import { claimsAbove, thresholdOf, type Claim, type Column, type Measure } from './claim';
import { columnsOf, contrastValues } from './contrast';

/** One place in a table; the backbone is undefined outside Table 3. */
export interface ClaimCell {
  readonly domain: string;
  readonly backbone: Backbone | undefined;
}

export interface CellCount {
  /** Cells whose contrast is on the claim's side, without any margin. */
  readonly holds: number;
  /** With the claim's margin. */
  readonly withinMargin: number;
  readonly of: number;
}

/** Ranking cut-offs that the paper prints. */
const CUTOFFS = [5, 10, 50] as const;

/**
 * The claim's cells among `domains`, those of the run. A claim with a list of domains is looked at in those
 * of them that the run has; if it has none (other data, other names), in all of the run's.
 */
export function cellsOf(claim: Claim, domains: readonly string[]): ClaimCell[] {
  const listed =
    claim.domains === 'evaluated' ? [] : claim.domains.filter((domain) => domains.includes(domain));
  const backbones = claim.backbones.length === 0 ? [undefined] : claim.backbones;
  return (listed.length > 0 ? listed : domains).flatMap((domain) =>
    backbones.map((backbone) => ({ domain, backbone })),
  );
}

/** A claim's column as it is called in one cell: Table 3's "base" by its own name, the backbone filled in. */
export function columnIn({ table, column, backbone: own }: Column, cell: ClaimCell): Column {
  if (table !== 'table3') return { table, column };
  const backbone = own ?? cell.backbone;
  if (backbone === undefined) throw new Error(`claims: column ${column} of Table 3 needs a backbone`);
  return { table, backbone, column: column === 'base' ? (backbone === 'SASRec' ? 'SAS' : 'BERT') : column };
}

/**
 * The measures that a claim is counted under: all of the paper's, or its cut-offs only where the claim itself
 * names the families.
 */
function measuresOf(claim: Claim): Measure[] {
  const ownFamily = columnsOf(claim.contrast).some(({ family }) => family !== undefined);
  const families = ownFamily ? [claim.metric.family] : (['HR', 'NDCG'] as const);
  return families.flatMap((family) => CUTOFFS.map((k) => ({ family, k })));
}

/**
 * Counts over cells and measures; `value` is undefined if a table has no such number, and that cell is passed
 * over.
 */
export function countCells(
  claim: Claim,
  cells: readonly ClaimCell[],
  value: (column: Column, domain: string, measure: Measure) => number | undefined,
): CellCount {
  const contrasts: number[] = [];
  for (const cell of cells) {
    for (const measure of measuresOf(claim)) {
      const read = (column: Column, family = measure.family): number | undefined =>
        value(columnIn(column, cell), cell.domain, { family, k: measure.k });
      if (columnsOf(claim.contrast).some(({ column, family }) => read(column, family) === undefined))
        continue;
      contrasts.push(
        contrastValues(claim.contrast, (column, family) =>
          Float64Array.of(read(column, family) as number),
        )[0],
      );
    }
  }
  return countHolding(claim, contrasts);
}

/** Of these values of the contrast, how many are as the claim says. */
export function countHolding(
  claim: Pick<Claim, 'direction' | 'margin'>,
  contrasts: readonly number[],
): CellCount {
  const { direction } = claim;
  const threshold = thresholdOf(claim);
  const strict = direction === 'above' || direction === 'below';
  const beyond = (value: number, limit: number, orEqual: boolean): boolean =>
    (claimsAbove(direction) ? value > limit : value < limit) || (orEqual && value === limit);
  return {
    holds: contrasts.filter((value) => beyond(value, 0, !strict)).length,
    withinMargin: contrasts.filter((value) => beyond(value, threshold, false)).length,
    of: contrasts.length,
  };
}

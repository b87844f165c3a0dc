/**
 * A claim in one run: the cells that have all its columns, what is missing in the others, and the columns'
 * values averaged over those cells. Used by the scoreboard only.
 */
import { cellsOf, columnIn, type ClaimCell } from './cells';
import type { Claim, Column, Measure } from './claim';
import { columnsOf, gainsOf, type ColumnValues } from './contrast';
import type { RankCell, Rankings } from './rankings';

export interface ClaimPlan {
  readonly claim: Claim;
  readonly cells: readonly ClaimCell[];
  /** The claim's other cells and what they lack, in words. */
  readonly leftOut: readonly string[];
}

export function claimPlan(claim: Claim, domains: readonly string[], rankings: Rankings): ClaimPlan {
  const cells: ClaimCell[] = [];
  const leftOut: string[] = [];
  for (const cell of cellsOf(claim, domains)) {
    const missing = readsOf(claim, [cell]).filter((read) => !rankings.has(read.at));
    if (missing.length === 0) cells.push(cell);
    else leftOut.push(`${cell.domain}: no ${[...new Set(missing.map(({ at }) => nameOf(at)))].join(', ')}`);
  }
  return { claim, cells, leftOut };
}

/** Why a plan gives no effect, or undefined if it does. */
export function unmeasurable({ claim, cells, leftOut }: ClaimPlan, rankings: Rankings): string | undefined {
  if (cells.length === 0)
    return leftOut.length === 0 ? 'this run has no domain' : `not in this run (${leftOut.join('; ')})`;
  const values = averaged(claim, cells, (at, measure) => Float64Array.of(rankings.mean(at, measure)));
  const empty = gainsOf(claim.contrast).find(({ b, family }) =>
    b.every((column) => values(column, family)[0] === 0),
  );
  if (empty === undefined) return undefined;
  return (
    `no user's target is among the first ${claim.metric.k} of ${empty.b.map(nameOf).join(', ')}, so that ` +
    'no relative gain over it exists'
  );
}

/** Every column that a claim reads in these cells, and under which measure. */
export function readsOf(claim: Claim, cells: readonly ClaimCell[]): { at: RankCell; measure: Measure }[] {
  const uses = columnsOf(claim.contrast);
  return cells.flatMap((cell) =>
    uses.map(({ column, family }) => ({ at: rankCell(column, cell), measure: measureOf(claim, family) })),
  );
}

/** Means over cells, each with the same weight, element by element of what `values` gives for one cell. */
export function averaged(
  claim: Claim,
  cells: readonly ClaimCell[],
  values: (at: RankCell, measure: Measure) => Float64Array,
): ColumnValues {
  return (column, family) => {
    const [first, ...others] = cells.map((cell) => values(rankCell(column, cell), measureOf(claim, family)));
    const sum = first.slice();
    for (const other of others) for (let i = 0; i < sum.length; i++) sum[i] += other[i];
    return sum.map((value) => value / cells.length);
  };
}

const rankCell = (column: Column, cell: ClaimCell): RankCell => ({
  ...columnIn(column, cell),
  domain: cell.domain,
});
const measureOf = ({ metric }: Claim, family = metric.family): Measure => ({ family, k: metric.k });
const nameOf = ({ table, column, backbone }: Column): string =>
  `${table} ${backbone === undefined ? '' : `${backbone} `}${column}`;

/**
 * Where the paper itself stands on its claims, from the numbers it prints (lib/data/paper-tables.json). None
 * of our numbers are used.
 */
import { paperTables } from '../paper';
import { cellsOf, columnIn, countCells, countHolding, type CellCount } from './cells';
import type { Claim, Column, Measure } from './claim';
import { columnsOf, contrastValues } from './contrast';

/** The domains of Tables 3 and 4; Tables 1 and 5 print some of them. */
const PAPER_DOMAINS = ['Arts', 'Instruments', 'Pantry', 'Sports', 'Movies'] as const;

export interface PaperStand extends CellCount {
  /**
   * The contrast as our effect is computed: on averages over cells, under the claim's metric. Undefined if
   * nothing is printed.
   */
  readonly effect: number | undefined;
  /** Such as "40 of 40 cells". */
  readonly text: string;
}

export function paperStands(claim: Claim): PaperStand {
  const cells = cellsOf(claim, PAPER_DOMAINS);
  const printedCells = countCells(claim, cells, printed);
  const quoted = countHolding(claim, quotedChanges(claim));
  const count: CellCount = {
    holds: printedCells.holds + quoted.holds,
    withinMargin: printedCells.withinMargin + quoted.withinMargin,
    of: printedCells.of + quoted.of,
  };
  return { ...count, effect: printedEffect(claim), text: standText(claim, count) };
}

function standText({ margin }: Claim, { holds, withinMargin, of }: CellCount): string {
  if (of === 0) return 'a curve without printed numbers';
  const within = margin > 0 ? `, ${withinMargin} with the margin of ${100 * margin} %` : '';
  return `${holds} of ${of} cells${within}`;
}

function printedEffect(claim: Claim): number | undefined {
  const cells = cellsOf(claim, PAPER_DOMAINS).filter((cell) =>
    columnsOf(claim.contrast).every(
      ({ column, family }) =>
        printed(columnIn(column, cell), cell.domain, measure(claim, family)) !== undefined,
    ),
  );
  if (cells.length === 0) return undefined;
  return contrastValues(claim.contrast, (column, family) => {
    const values = cells.map(
      (cell) => printed(columnIn(column, cell), cell.domain, measure(claim, family)) as number,
    );
    return Float64Array.of(values.reduce((sum, value) => sum + value, 0) / values.length);
  })[0];
}

const measure = (claim: Claim, family = claim.metric.family): Measure => ({ family, k: claim.metric.k });

/** A printed percentage, or undefined if the paper has none. */
function printed(
  { table, column, backbone }: Column,
  domain: string,
  { family, k }: Measure,
): number | undefined {
  if (table === 'figure2') return undefined;
  const tables = paperTables();
  const byDomain = table === 'table3' ? tables.table3[backbone as 'SASRec' | 'BERT4Rec'] : tables[table];
  return byDomain[domain]?.[`${family === 'HR' ? 'H' : 'N'}@${k}`]?.[column] ?? undefined;
}

/**
 * Relative changes that the text states without a table, as entries of `claims` in paper-tables.json such as
 * {"HR@5": -0.07} (per cent).
 */
function quotedChanges({ quotedIn = [] }: Claim): number[] {
  const { claims } = paperTables();
  return quotedIn.flatMap((id) => {
    const entry = claims.find((claim) => claim.id === id);
    if (entry === undefined) throw new Error(`paper-tables.json: expected a claim "${id}", got none`);
    return Object.entries(entry)
      .filter(([key]) => /^(HR|NDCG)@\d+$/.test(key))
      .map(([, change]) => (change as number) / 100);
  });
}

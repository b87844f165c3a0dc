/**
 * The numbers that the paper prints (percentages), as typed access to lib/data/paper-tables.json. None are
 * measured by us.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Cells = Record<string, number | null>;
type ByMetric = Record<string, Cells>;

/** The paper's Tables 1 to 5 as printed. */
export interface PaperTables {
  /** dataset -> statistic -> number. */
  readonly table2: Record<string, Cells>;
  /** dataset -> metric ("H@10") -> column -> percentage. */
  readonly table1: Record<string, ByMetric>;
  /** backbone -> dataset -> metric -> column -> percentage. */
  readonly table3: Record<'SASRec' | 'BERT4Rec', Record<string, ByMetric>>;
  readonly table4: Record<string, ByMetric>;
  readonly table5: Record<string, ByMetric>;
  /** Changes that the text states without a table. */
  readonly claims: readonly PaperClaim[];
}

/** Its id, and by metric ("HR@5") the change in per cent. */
export type PaperClaim = Readonly<Record<string, unknown>>;

/** No code: a stage that reads it has its hash in the configuration. */
export const PAPER_TABLES_FILE = join(__dirname, '..', '..', 'data', 'paper-tables.json');

let tables: PaperTables | undefined;

/**
 * The numbers that the paper prints. Metrics are percentages.
 * @example
 * ```ts
 * import { paperTables } from 'elephant';
 * console.log(paperTables().table3.SASRec.Pantry['N@10']['freeze.FT']);
 * ```
 */
export function paperTables(): PaperTables {
  tables ??= JSON.parse(readFileSync(PAPER_TABLES_FILE, 'utf8')) as PaperTables;
  return tables;
}

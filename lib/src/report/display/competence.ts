/**
 * Is RECFORMER good enough for its tables to mean something? Compares its NDCG@10 with rankings that learn
 * nothing and with the better of SASRec and BERT4Rec, in sentences. Pure.
 */
import { BASES } from '../../experiments/columns';
import type { ComparisonTable, TableRow } from '../../experiments/measured';

const METRIC = 'N@10';

/**
 * Says in sentences how good RECFORMER is, compared with rankings that learn nothing and with the better of
 * SASRec and BERT4Rec. `tables`: Table 3 of each backbone that was measured.
 */
export function competence(tables: readonly ComparisonTable[]): string[] {
  const rows = tables.map(
    (table) => new Map(table.rows.filter(({ metric }) => metric === METRIC).map((row) => [row.dataset, row])),
  );
  const compared = [...rows[0].keys()].flatMap((dataset) => {
    const own = rows.flatMap((table) => table.get(dataset) ?? []);
    const rec = ours(own[0], 'REC');
    const best = Math.max(...own.flatMap((row) => BASES.flatMap((base) => ours(row, base) ?? [])));
    const printed = {
      rec: own[0].cells.REC?.paper,
      best: Math.max(...own.flatMap((row) => BASES.flatMap((base) => row.cells[base]?.paper ?? []))),
    };
    return rec === undefined || !Number.isFinite(best) ? [] : [{ dataset, rec, best, row: own[0], printed }];
  });
  if (compared.length === 0) return [];
  const several = compared.length > 1;
  const simple = (['popularity', 'transition'] as const).map((id) => {
    const below = compared
      .filter(({ rec, row }) => !(rec > (ours(row, id) ?? -Infinity)))
      .map(({ dataset }) => dataset);
    if (!several) return `${below.length === 0 ? 'above' : 'not above'} ${id} on ${compared[0].dataset}`;
    return below.length === 0
      ? `above ${id} on all ${compared.length} datasets`
      : `above ${id} on ${compared.length - below.length} of ${compared.length} datasets (not on ` +
          `${below.join(', ')})`;
  });
  const mean = (values: readonly number[]): string =>
    (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
  const ratios = compared.map(({ rec, best }) => rec / best);
  const paper = compared.flatMap(({ printed: { rec, best } }) =>
    rec === undefined || !Number.isFinite(best) ? [] : [rec / best],
  );
  const byDomain = compared.map(({ dataset, rec, best }) => `${dataset} ${(rec / best).toFixed(2)}`);
  const best = tables.length > 1 ? 'the better of SASRec and BERT4Rec' : nameOfBase(tables[0]);
  return [
    `RECFORMER's NDCG@10 is ${simple.join(' and ')}.`,
    `${several ? 'On average it' : 'It'} reaches ${mean(ratios)} of ${best}` +
      `${several ? ` (${byDomain.join(', ')})` : ''}` +
      `${paper.length === 0 ? '' : `; in the paper ${mean(paper)}`}.`,
  ];
}

function nameOfBase({ rows }: ComparisonTable): string {
  return rows.some((row) => ours(row, 'SAS') !== undefined) ? 'SASRec' : 'BERT4Rec';
}

function ours(row: TableRow, column: string): number | undefined {
  return row.cells[column]?.ours?.mean;
}

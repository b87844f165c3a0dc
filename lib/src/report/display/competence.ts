/**
 * Are the models good enough for their tables to mean something? Compares the NDCG@10 of RECFORMER and of the
 * recommenders from random vectors with rankings that learn nothing, in sentences. Pure.
 */
import { BASES } from '../../experiments/columns';
import type { ComparisonTable, TableRow } from '../../experiments/measured';

const METRIC = 'N@10';

/**
 * Says in sentences how good RECFORMER is, compared with rankings that learn nothing and with the better of
 * SASRec and BERT4Rec, and whether these two beat such rankings from random vectors.
 * @param tables Table 3 of each backbone that was measured
 * @param allItems Table 4, which ranks all items
 */
export function competence(tables: readonly ComparisonTable[], allItems?: ComparisonTable): string[] {
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
  const mean = (values: readonly number[]): string =>
    (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
  const ratios = compared.map(({ rec, best }) => rec / best);
  const paper = compared.flatMap(({ printed: { rec, best } }) =>
    rec === undefined || !Number.isFinite(best) ? [] : [rec / best],
  );
  const byDomain = compared.map(({ dataset, rec, best }) => `${dataset} ${(rec / best).toFixed(2)}`);
  const best = tables.length > 1 ? 'the better of SASRec and BERT4Rec' : nameOfBase(tables[0]);
  const shown = compared.map(({ row }) => row);
  const ranked = allItems?.rows.filter(({ metric }) => metric === METRIC) ?? [];
  return [
    `RECFORMER's NDCG@10 is ${besideNoModel(shown, 'REC')}` +
      `${ranked.length === 0 ? '' : `; among all items (Table 4) it is ${besideNoModel(ranked, 'REC')}`}.`,
    `${several ? 'On average it' : 'It'} reaches ${mean(ratios)} of ${best}` +
      `${several ? ` (${byDomain.join(', ')})` : ''}` +
      `${paper.length === 0 ? '' : `; in the paper ${mean(paper)}`}.`,
    ...tables.flatMap(({ rows }) => weakBase(rows.filter(({ metric }) => metric === METRIC))),
  ];
}

/** Says on which datasets a ranking that learns nothing has a better NDCG@10 than every model of a table. */
export function beatenModels({ rows, columns }: ComparisonTable): string[] {
  const beaten = rows.flatMap((row) => {
    const models = columns.flatMap(({ id }) => (isModel(id) ? (ours(row, id) ?? []) : []));
    const best = NO_MODEL.find((id) => (ours(row, id) ?? 0) > Math.max(...models));
    return row.metric === METRIC && models.length > 0 && best !== undefined
      ? [`${best} on ${row.dataset}`]
      : [];
  });
  return beaten.length === 0
    ? []
    : [`By NDCG@10 no model here beats ${beaten.join(', ')}: these trainings are weak.`];
}

const isModel = (id: string): boolean => ![...NO_MODEL, 'oracle'].includes(id);

/** "above popularity on all 5 datasets and above transition on 4 of 5 datasets (not on Arts)". */
function besideNoModel(rows: readonly TableRow[], column: string): string {
  const parts = NO_MODEL.map((id) => {
    const below = notAbove(rows, column, id);
    if (rows.length === 1) return `${below.length === 0 ? 'above' : 'not above'} ${id} on ${rows[0].dataset}`;
    if (below.length === rows.length) return `above ${id} on none of the ${rows.length} datasets`;
    return below.length === 0
      ? `above ${id} on all ${rows.length} datasets`
      : `above ${id} on ${rows.length - below.length} of ${rows.length} datasets (not on ` +
          `${below.join(', ')})`;
  });
  return parts.join(' and ');
}

/** A warning if a backbone from random vectors does not beat what learns nothing everywhere. */
function weakBase(rows: readonly TableRow[]): string[] {
  const base = BASES.find((id) => rows.some((row) => ours(row, id) !== undefined));
  if (base === undefined || NO_MODEL.every((id) => notAbove(rows, base, id).length === 0)) return [];
  return [
    `${base === 'SAS' ? 'SASRec' : 'BERT4Rec'} from random vectors is ${besideNoModel(rows, base)}: its ` +
      'gains are those of a weak base.',
  ];
}

const NO_MODEL = ['popularity', 'transition'] as const;

function notAbove(rows: readonly TableRow[], column: string, id: string): string[] {
  return rows
    .filter((row) => !((ours(row, column) ?? NaN) > (ours(row, id) ?? -Infinity)))
    .map(({ dataset }) => dataset);
}

function nameOfBase({ rows }: ComparisonTable): string {
  return rows.some((row) => ours(row, 'SAS') !== undefined) ? 'SASRec' : 'BERT4Rec';
}

function ours(row: TableRow, column: string): number | undefined {
  return row.cells[column]?.ours?.mean;
}

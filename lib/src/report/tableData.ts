/**
 * The paper's tables as plain data for a paper, a spreadsheet or a script. Figure 2 is a table too.
 * tableFormats.ts makes text of it, display/ what notebooks show.
 */
import type { ComparisonTable } from '../experiments/measured';
import type { UserInterval } from '../experiments/pairedInterval';
import type { FractionPoint } from '../experiments/views/pretrainingSize';

/** Values are in the table's unit: per cent, or counts. */
export interface TableValue {
  /** Mean over seeds; absent for a number that only the paper has. */
  mean?: number;
  /** Sample standard deviation over seeds; absent with one seed. */
  spread?: number;
  /** As printed in the paper. */
  paper?: number;
  /**
   * 95 % interval over users. Table 3: of the distance from the model that starts at random, in percent of
   * that one. Figure 2: of the distance from no pre-training, in points.
   */
  gain?: UserInterval;
}

/** A table as plain data, for a script or a file. */
export interface TableData {
  title: string;
  /** "%", or empty for counts. */
  unit: string;
  /**
   * As in lib/data/paper-tables.json; and Popularity, Transition, Oracle, freeze.lexical, trainable.lexical.
   */
  columns: string[];
  rows: { dataset: string; metric: string; values: Record<string, TableValue> }[];
}

/** Rankings without a model are capitalised, like the paper's own columns. */
const NAMES: Readonly<Record<string, string>> = {
  popularity: 'Popularity',
  transition: 'Transition',
  oracle: 'Oracle',
};
const nameOf = (id: string): string => NAMES[id] ?? id;

/** A comparison table as plain data. */
export function tableData({ title, unit, columns, rows }: ComparisonTable): TableData {
  return {
    title,
    unit,
    columns: columns.map(({ id }) => nameOf(id)),
    rows: rows.map(({ dataset, metric, cells }) => ({
      dataset,
      metric,
      values: Object.fromEntries(
        columns.map(({ id }) => {
          const { ours, paper, gain } = cells[id] ?? {};
          return [
            nameOf(id),
            {
              ...(ours && { mean: ours.mean }),
              ...(ours?.spread !== undefined && { spread: ours.spread }),
              ...(paper !== undefined && { paper }),
              ...(gain !== undefined && { gain }),
            },
          ];
        }),
      ),
    })),
  };
}

/** Figure 2 as a table: one column per share of the pre-training sequences, in per cent. */
export function fractionData(points: readonly FractionPoint[]): TableData {
  const datasets = [...new Set(points.map(({ domain }) => domain))];
  const metrics = Object.keys(points[0]?.values ?? {});
  return {
    title: 'Figure 2: SASRec with the trainable PT table, by the share of pre-training sequences (%)',
    unit: '%',
    columns: [...new Set(points.map(({ percent }) => String(percent)))],
    rows: datasets.flatMap((dataset) =>
      metrics.map((metric) => {
        const own = points.filter(({ domain }) => domain === dataset);
        const values = own.map((point) => [String(point.percent), fractionValue(point, metric)] as const);
        return { dataset, metric, values: Object.fromEntries(values) };
      }),
    ),
  };
}

function fractionValue({ values, above }: FractionPoint, metric: string): TableValue {
  const { mean, spread } = values[metric];
  const gain = above?.[metric];
  return { mean, ...(spread !== undefined && { spread }), ...(gain !== undefined && { gain }) };
}

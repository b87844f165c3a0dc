/**
 * Table 1 as dots: NDCG@10 by the layers that are tuned, ours and the paper's, one panel a dataset. A menu
 * chooses the metric.
 */
import type { ComparisonTable, TableRow } from '../../experiments/measured';
import type { JSONObject } from '../../jupyter/notebook/format';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { intervalLine, usersLine } from './hover';
import { axis, layout, seriesStyle, titled } from './theme';

const FIRST = 'N@10';
/** "N@10" -> "NDCG@10". */
const named = (metric: string): string => metric.replace(/^N@/, 'NDCG@').replace(/^H@/, 'HR@');

/** Table 1 as dots: NDCG@10 by the layers that are tuned, ours and the paper's, one panel per dataset. */
export function layerSets(table: ComparisonTable): Figure {
  const metrics = [...new Set(table.rows.map(({ metric }) => metric))].filter((metric) => metric !== FIRST);
  return withChoice([FIRST, ...metrics].map((label) => ({ label, figure: layerSetsAt(table, label) })));
}

function layerSetsAt(table: ComparisonTable, metric: string): Figure {
  const rows = table.rows.filter((row) => row.metric === metric);
  const width = 1 / rows.length;
  const axes = Object.fromEntries(
    rows.flatMap((row, i): [string, JSONObject][] => {
      const n = i === 0 ? '' : String(i + 1);
      const domain = [i * width + (i === 0 ? 0 : 0.08), (i + 1) * width];
      return [
        [
          `xaxis${n}`,
          axis(`layers tuned, ${plainText(row.dataset)}`, {
            domain,
            anchor: `y${n}`,
            type: 'category',
            categoryorder: 'array',
            categoryarray: table.columns.map(({ id }) => id),
          }),
        ],
        [`yaxis${n}`, axis(i === 0 ? `${named(metric)} (%)` : '', { anchor: `x${n}`, rangemode: 'tozero' })],
      ];
    }),
  );
  const measured = rows.map(({ dataset, cells }) => {
    const values = table.columns.flatMap(({ id }) => {
      const ours = cells[id]?.ours;
      return ours === undefined ? [] : [`${id} ${ours.mean.toFixed(1)} %`];
    });
    return `${dataset}: ${values.join(', ')}`;
  });
  return {
    id: 'layer-sets',
    alt:
      `${named(metric)} of RECFORMER by the layers that are tuned, ours and the paper's. Ours, ` +
      `${measured.join('; ')}.`,
    data: rows.flatMap((row, i) => [trace(table, row, i, 'ours'), trace(table, row, i, 'paper')]),
    layout: layout({ ...titled(plainText(rows.map((row) => finding(table, row)).join('; '))), ...axes }),
  };
}

/** "Pantry: tuning 0,4,8 gives 90 % of what tuning all layers gives": the best choice but all. */
function finding({ columns }: ComparisonTable, { dataset, cells }: TableRow): string {
  const all = cells.All?.ours?.mean;
  const [best] = columns
    .flatMap(({ id }) => {
      const mean = cells[id]?.ours?.mean;
      return id === 'All' || mean === undefined ? [] : [{ id, mean }];
    })
    .sort((a, b) => b.mean - a.mean);
  if (!all || best === undefined) return dataset;
  const percent = ((100 * best.mean) / all).toFixed(0);
  return `${dataset}: tuning ${best.id} gives ${percent} % of what tuning all layers gives`;
}

function trace(table: ComparisonTable, row: TableRow, panel: number, whose: 'ours' | 'paper'): JSONObject {
  const { color, symbol } = seriesStyle(whose === 'ours' ? 0 : 1);
  const value = (id: string): number | undefined =>
    whose === 'ours' ? row.cells[id]?.ours?.mean : row.cells[id]?.paper;
  const shown = table.columns.filter(({ id }) => value(id) !== undefined);
  const n = panel === 0 ? '' : String(panel + 1);
  return {
    type: 'scatter',
    mode: 'markers',
    name: whose === 'ours' ? 'ours' : 'the paper',
    legendgroup: whose,
    showlegend: panel === 0,
    x: shown.map(({ id }) => id),
    y: shown.map(({ id }) => value(id) as number),
    marker: { color, symbol: whose === 'ours' ? symbol : `${symbol}-open`, size: 9 },
    text: shown.map(({ id }) => hoverText(row, id)),
    hovertemplate: `${plainText(row.dataset)}, %{x}<br>%{text}<extra></extra>`,
    xaxis: `x${n}`,
    yaxis: `y${n}`,
  };
}

/** "ours 27.94 %", its distance from All with the interval over how many users, "in the paper 27.54 %". */
function hoverText({ cells, users }: TableRow, id: string): string {
  const { ours, paper, gain } = cells[id] ?? {};
  return [
    ...(ours === undefined ? [] : [`ours ${ours.mean.toFixed(2)} %`]),
    ...(gain === undefined ? usersLine(users) : [`over All, ${intervalLine(gain, '%')}`]),
    ...(paper === undefined ? [] : [`in the paper ${paper.toFixed(2)} %`]),
  ].join('<br>');
}

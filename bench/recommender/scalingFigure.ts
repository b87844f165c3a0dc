/** What an epoch costs as one size grows: a panel per size, seconds over the size, both in powers of ten. */
import type { JSONObject } from '../../lib/src/jupyter/notebook/format';
import type { Figure } from '../../lib/src/report/figures/figure';
import { axis, layout, seriesStyle, titled } from '../../lib/src/report/figures/theme';
import type { ScalingRow, ScalingSize } from './scaling';
import { growth } from './scaling';

const TITLES: Partial<Record<keyof ScalingSize, string>> = {
  users: 'users',
  events: 'events per user',
  dim: 'width',
  items: 'items (softmax)',
};
const SIDES = [
  { name: 'ours', key: 'oursSeconds' },
  { name: 'padded PyTorch', key: 'peerSeconds' },
] as const;
const GAP = { x: 0.1, y: 0.2 };

export function scalingFigure(rows: readonly ScalingRow[]): Figure {
  const panels = [...new Set(rows.map((row) => row.axis))].map((size, i) => {
    const n = i === 0 ? '' : String(i + 1);
    return { size, n, column: i % 2, line: Math.floor(i / 2), rows: rows.filter((row) => row.axis === size) };
  });
  const lines = Math.ceil(panels.length / 2);
  const [width, height] = [(1 - GAP.x) / 2, (1 - GAP.y * (lines - 1)) / lines];
  const axes = Object.fromEntries(
    panels.flatMap(({ size, n, column, line, rows: own }): [string, JSONObject][] => {
      const [left, top] = [column * (width + GAP.x), 1 - line * (height + GAP.y)];
      const values = own.map((row) => row[size]);
      const x = {
        domain: [left, left + width],
        anchor: `y${n}`,
        type: 'log',
        tickvals: values,
        ticktext: values,
      };
      const y = { domain: [Math.max(0, top - height), top], anchor: `x${n}`, type: 'log', dtick: 1 };
      return [
        [`xaxis${n}`, axis(TITLES[size] ?? size, { ...x, ticktext: values.map(String) })],
        [`yaxis${n}`, axis(column === 0 ? 'seconds per epoch' : '', y)],
      ];
    }),
  );
  return {
    id: 'scaling',
    alt: altText(rows),
    data: panels.flatMap(({ size, n, rows: own }, i) =>
      SIDES.flatMap(({ name, key }, side): JSONObject[] => {
        const points = own.filter((row) => row[key] !== undefined);
        if (points.length === 0) return [];
        const { color, dash, symbol } = seriesStyle(side);
        return [
          {
            type: 'scatter',
            mode: 'lines+markers',
            name,
            legendgroup: name,
            showlegend: i === 0,
            x: points.map((row) => row[size]),
            y: points.map((row) => row[key] as number),
            line: { color, dash },
            marker: { color, symbol, size: 7 },
            xaxis: `x${n}`,
            yaxis: `y${n}`,
          },
        ];
      }),
    ),
    layout: layout({ ...titled('What an epoch of SASRec costs'), ...axes, height: 300 * lines + 40 }),
  };
}

/** "Seconds per epoch grow with users to the power of 0.98, in padded PyTorch 1.01; ...". */
function altText(rows: readonly ScalingRow[]): string {
  const said = [...new Set(rows.map((row) => row.axis))].map((size) => {
    const powers = SIDES.flatMap(({ name, key }) => {
      const points = rows
        .filter((row) => row.axis === size && row[key] !== undefined)
        .map((row) => ({ x: row[size], seconds: row[key] as number }));
      return points.length < 2 ? [] : [`${name} ${growth(points).toFixed(2)}`];
    });
    return `${TITLES[size] ?? size}: ${powers.join(', ')}`;
  });
  return `Seconds per epoch of SASRec as one size grows. Exponents: ${said.join('; ')}.`;
}

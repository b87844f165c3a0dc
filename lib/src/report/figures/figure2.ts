/**
 * Figure 2 of the paper: how good the item table is by its share of the pre-training data. One panel per
 * metric; bars are 95 % intervals over users of the distance from no pre-training, small strokes the seeds.
 * If there are any, shares with as many updates as all data have are shown as points without a line. A menu
 * chooses the cut-off.
 */
import type { UserInterval } from '../../experiments/pairedInterval';
import type { FractionPoint } from '../../experiments/views/pretrainingSize';
import { overSeeds } from '../display/overSeeds';
import type { JSONObject } from '../../jupyter/notebook/format';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { intervalLine, signed } from './hover';
import { axis, layout, seriesStyle, titled } from './theme';

const CUTOFFS = [10, 5] as const;
type Panel = { readonly metric: string; readonly title: string };
const panelsAt = (k: number): Panel[] => [
  { metric: `H@${k}`, title: `HR@${k} (%)` },
  { metric: `N@${k}`, title: `NDCG@${k} (%)` },
];

/**
 * Figure 2: HR@10 and NDCG@10 by the share of pre-training sequences, a line per dataset. `atEqualUpdates`
 * are points without a line.
 */
export function figure2(
  points: readonly FractionPoint[],
  atEqualUpdates: readonly FractionPoint[] = [],
): Figure {
  const measured = CUTOFFS.filter((k) => points.every(({ values }) => `N@${k}` in values));
  return withChoice(measured.map((k) => ({ label: `at ${k}`, figure: figureAt(k, points, atEqualUpdates) })));
}

function figureAt(
  k: number,
  points: readonly FractionPoint[],
  atEqualUpdates: readonly FractionPoint[],
): Figure {
  const panels = panelsAt(k);
  const domains = [...new Set(points.map(({ domain }) => domain))];
  const percents = [...new Set([...points, ...atEqualUpdates].map(({ percent }) => percent))].sort(
    (a, b) => a - b,
  );
  // Shares lie between 1 and 100 %: even steps show them all, and 0 % too.
  const share = axis('pre-training data used (%)', {
    type: 'category',
    categoryorder: 'array',
    categoryarray: percents.map(String),
  });
  return {
    id: 'figure-2',
    alt: altText(points, atEqualUpdates, domains, k),
    data: panels.flatMap(({ metric }, i) =>
      domains.flatMap((domain, n) => [
        trace(points, domain, n, metric, i),
        ...seedsTraces(points, domain, n, metric, i),
        ...(atEqualUpdates.some((point) => point.domain === domain)
          ? [updatesTrace(atEqualUpdates, domain, n, metric, i)]
          : []),
      ]),
    ),
    layout: layout({
      ...titled(plainText(finding(points, domains, k))),
      xaxis: { ...share, domain: [0, 0.44] },
      yaxis: axis(panels[0].title),
      xaxis2: { ...share, domain: [0.56, 1], anchor: 'y2' },
      yaxis2: axis(panels[1].title, { anchor: 'x2' }),
    }),
  };
}

function trace(
  points: readonly FractionPoint[],
  domain: string,
  n: number,
  metric: string,
  panel: number,
): JSONObject {
  const own = points.filter((point) => point.domain === domain).sort((a, b) => a.percent - b.percent);
  const { color, dash, symbol } = seriesStyle(n);
  const axes: JSONObject = panel === 0 ? {} : { xaxis: 'x2', yaxis: 'y2' };
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: plainText(domain),
    legendgroup: domain,
    showlegend: panel === 0,
    x: own.map(({ percent }) => String(percent)),
    y: own.map(({ values }) => values[metric].mean),
    error_y: {
      type: 'data',
      array: own.map(({ above }) => halfWidth(above?.[metric])),
      color,
      thickness: 1,
      width: 3,
    },
    line: { color, dash, width: 2 },
    marker: { color, symbol, size: 7 },
    text: own.map((point) => hoverText(point, metric)),
    hovertemplate: '%{text}<extra></extra>',
    ...axes,
  };
}

/** The interval is that of the point's distance from 0 %, and as wide around the point itself. */
function halfWidth(interval: UserInterval | undefined): number {
  return interval === undefined ? 0 : (interval.high - interval.low) / 2;
}

function hoverText(point: FractionPoint, metric: string): string {
  const { domain, percent, sequences, updates, values, above } = point;
  const interval = above?.[metric];
  return [
    plainText(`${domain}, ${percent} %: ${values[metric].mean.toFixed(2)} %`),
    ...(interval === undefined
      ? []
      : [`over 0 %, ${intervalLine(interval, 'points', (value) => signed(value, 2))}`]),
    `${sequences} sequences, ${updates} updates`,
  ].join('<br>');
}

/** One stroke per seed; none if there is only one seed. */
function seedsTraces(
  points: readonly FractionPoint[],
  domain: string,
  n: number,
  metric: string,
  panel: number,
): JSONObject[] {
  const seeds = points
    .filter((point) => point.domain === domain)
    .flatMap(({ percent, values }) => values[metric].values.map((y) => ({ x: String(percent), y })));
  if (!overSeeds(points.map(({ values }) => values[metric]))) return [];
  return [
    {
      type: 'scatter',
      mode: 'markers',
      showlegend: false,
      legendgroup: domain,
      x: seeds.map(({ x }) => x),
      y: seeds.map(({ y }) => y),
      marker: { color: seriesStyle(n).color, symbol: 'line-ew-open', size: 7, opacity: 0.6 },
      hovertemplate: `${plainText(domain)}, one seed: %{y:.2f} %<extra></extra>`,
      ...(panel === 0 ? {} : { xaxis: 'x2', yaxis: 'y2' }),
    },
  ];
}

/** The same look without the line, the markers hollow. */
function updatesTrace(
  points: readonly FractionPoint[],
  domain: string,
  n: number,
  metric: string,
  panel: number,
): JSONObject {
  const { color } = seriesStyle(n);
  return {
    ...trace(points, domain, n, metric, panel),
    mode: 'markers',
    name: plainText(`${domain}, equal updates`),
    marker: { color, symbol: 'diamond-open', size: 9, line: { width: 2 } },
  };
}

/** For one dataset, from where to where it goes; for several, on how many it rises. */
function finding(points: readonly FractionPoint[], domains: readonly string[], k: number): string {
  const ends = domains.map((domain) => {
    const own = points.filter((point) => point.domain === domain).sort((a, b) => a.percent - b.percent);
    const [from, to] = [own[0], own[own.length - 1]].map(({ values }) => values[`N@${k}`].mean);
    return { domain, from, to };
  });
  const [{ domain, from, to }] = ends;
  if (ends.length === 1)
    return `${domain}: NDCG@${k} ${from.toFixed(1)} % without pre-training, ${to.toFixed(1)} % with all data`;
  const rising = `${ends.filter((end) => end.to > end.from).length} of ${ends.length}`;
  return `With all pre-training data NDCG@${k} is higher than without on ${rising} datasets`;
}

function altText(
  points: readonly FractionPoint[],
  atEqualUpdates: readonly FractionPoint[],
  domains: readonly string[],
  k: number,
): string {
  const ends = domains.map((domain) => {
    const own = points.filter((point) => point.domain === domain).sort((a, b) => a.percent - b.percent);
    const [first, last] = [own[0], own[own.length - 1]];
    return (
      `${domain} from ${first.values[`N@${k}`].mean.toFixed(1)} % at ${first.percent} % to ` +
      `${last.values[`N@${k}`].mean.toFixed(1)} % at ${last.percent} %`
    );
  });
  const beside = atEqualUpdates.map(
    ({ domain, percent, values }) => `${domain} ${values[`N@${k}`].mean.toFixed(1)} % at ${percent} %`,
  );
  const bars = points.some(({ above }) => above !== undefined);
  return (
    `HR@${k} and NDCG@${k} by the share of pre-training ` +
    `data${bars ? ', with 95 % intervals over users of the distance from none' : ''}. ` +
    `NDCG@${k}: ${ends.join('; ')}.` +
    (beside.length === 0 ? '' : ` With as many updates as all data have: ${beside.join('; ')}.`)
  );
}

/**
 * How much the result depends on the learning rate: the best validation NDCG@10 at each rate tried, one panel
 * per dataset.
 */
import type { RateSearch } from '../../experiments/views/learningRates';
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { usersLine } from './hover';
import { axis, layout, seriesStyle, titled } from './theme';

const GAP = 0.025;

/** Best validation NDCG@10 at each learning rate that was tried, one panel per dataset. */
export function learningRates(searches: readonly RateSearch[]): Figure {
  const domains = [...new Set(searches.map(({ domain }) => domain))];
  const columns = [...new Set(searches.map(({ column }) => column))];
  const grid = [
    ...new Set(searches.flatMap(({ rates }) => rates.map(({ learningRate }) => learningRate))),
  ].sort((a, b) => a - b);
  const top = Math.max(
    ...searches.flatMap(({ rates }) => rates.map(({ validation }) => 100 * (validation ?? 0))),
  );
  const axes = Object.fromEntries(
    domains.flatMap((domain, i): [string, JSONObject][] => {
      const n = i === 0 ? '' : String(i + 1);
      const width = 1 / domains.length;
      return [
        // Rates lie a factor apart: even steps show them all.
        [
          `xaxis${n}`,
          axis(plainText(domains.length === 1 ? `learning rate, ${domain}` : domain), {
            domain: [i * width + (i === 0 ? 0 : GAP), (i + 1) * width],
            anchor: `y${n}`,
            type: 'category',
            categoryorder: 'array',
            categoryarray: grid.map(rateText),
          }),
        ],
        [
          `yaxis${n}`,
          axis(i === 0 ? 'validation NDCG@10 (%)' : '', {
            anchor: `x${n}`,
            range: [0, 1.08 * top],
            showticklabels: i === 0,
            ticks: i === 0 ? 'outside' : '',
          }),
        ],
      ];
    }),
  );
  return {
    id: 'learning-rates',
    alt: altText(searches, domains, columns, grid),
    data: domains.flatMap((domain, panel) =>
      columns.flatMap((column, n) => {
        const search = searches.find((one) => one.domain === domain && one.column === column);
        return search === undefined ? [] : [trace(search, n, panel)];
      }),
    ),
    layout: layout({
      ...titled(plainText(finding(searches))),
      ...axes,
      margin: { l: 64, r: 24, t: 48, b: 110 },
    }),
  };
}

/**
 * "The best rate lies at the edge of those tried in 1 of 2 searches; the choice is worth up to 2.8 points". A
 * rate at which training diverged is left out of the second.
 */
function finding(searches: readonly RateSearch[]): string {
  const atEdge = searches.filter(({ rates, chosen }) =>
    [rates[0], rates[rates.length - 1]].some(({ learningRate }) => learningRate === chosen),
  ).length;
  const worth = searches.flatMap(({ rates }) => {
    const values = rates.flatMap(({ validation }) => validation ?? []);
    return values.length < 2 ? [] : [100 * (Math.max(...values) - Math.min(...values))];
  });
  return [
    `The best rate lies at the edge of those tried in ${atEdge} of ${searches.length} searches`,
    ...(worth.length === 0 ? [] : [`the choice is worth up to ${Math.max(...worth).toFixed(1)} points`]),
  ].join('; ');
}

/** The best rate is drawn larger. */
function trace({ domain, column, rates, chosen, users }: RateSearch, n: number, panel: number): JSONObject {
  const { color, dash, symbol } = seriesStyle(n);
  const axes: JSONObject = panel === 0 ? {} : { xaxis: `x${panel + 1}`, yaxis: `y${panel + 1}` };
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: plainText(column),
    legendgroup: column,
    showlegend: panel === 0,
    x: rates.map(({ learningRate }) => rateText(learningRate)),
    y: rates.map(({ validation }) => (validation === null ? null : 100 * validation)),
    line: { color, dash, width: 2 },
    marker: {
      color,
      symbol,
      opacity: 1,
      size: rates.map(({ learningRate }) => (learningRate === chosen ? 11 : 6)),
    },
    hovertemplate:
      `${plainText(`${domain}, ${column}`)}, rate %{x}: ` +
      `${['%{y:.2f} %', ...usersLine(users)].join('<br>')}<extra></extra>`,
    ...axes,
  };
}

function rateText(rate: number): string {
  return String(rate);
}

function altText(
  searches: readonly RateSearch[],
  domains: readonly string[],
  columns: readonly string[],
  grid: readonly number[],
): string {
  const choices = columns.map((column) => {
    const own = searches.filter((search) => search.column === column);
    const chosenOn = (rate: number): number => own.filter(({ chosen }) => chosen === rate).length;
    return `${column} ${grid.map((rate) => `${rateText(rate)} on ${chosenOn(rate)}`).join(', ')}`;
  });
  return (
    `Best validation NDCG@10 by learning rate, on ${domains.join(', ')}. Best rates: ` +
    `${choices.join('; ')}.`
  );
}

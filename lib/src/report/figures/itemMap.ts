/** Item tables laid flat side by side, one panel a table: each item a point, coloured by its category. */
import type { ItemMap } from '../../experiments/views/itemMap';
import type { JSONObject } from '../notebook/format';
import { plainText, type Figure } from './figure';
import { axis, layout, seriesStyle } from './theme';

/** Categories with a colour of their own, the most frequent ones; more could not be told apart. */
const COLOURED = 6;
const OTHER = { color: '#c4c4c4', symbol: 'circle' } as const;
const GAP = 0.06;

export function itemMap(maps: readonly ItemMap[]): Figure {
  const categories = frequent(maps[0]);
  const width = 1 / maps.length;
  const axes = Object.fromEntries(maps.flatMap(({ source, explained: [x, y] }, i): [string, JSONObject][] => {
    const n = i === 0 ? '' : String(i + 1);
    const domain = [i * width + (i === 0 ? 0 : GAP / 2), (i + 1) * width - (i + 1 === maps.length ? 0 : GAP / 2)];
    const own = { anchor: `x${n}`, showticklabels: false, ticks: '' };
    return [
      [`xaxis${n}`, axis(`${plainText(source)}: ${(100 * (x + y)).toFixed(0)} % of variance`, { ...own, domain, anchor: `y${n}` })],
      [`yaxis${n}`, axis('', own)],
    ];
  }));
  const shares = maps.map(({ source, sameCategory }) => `${source} ${(100 * sameCategory).toFixed(0)} %`);
  return {
    id: `item-map-${maps[0].domain.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    alt: `Items of ${maps[0].domain} by the two leading principal components of their vectors, coloured by category. `
      + `Items whose nearest item is of their own category: ${shares.join(', ')}; by chance ${(100 * maps[0].byChance).toFixed(0)} %.`,
    data: maps.flatMap((map, i) => [...categories, undefined].map((category, n) => trace(map, category, categories, n, i))),
    layout: layout({ height: 420, margin: { l: 24, r: 24, t: 24, b: 130 }, legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.14, yanchor: 'top' }, ...axes }),
  };
}

/** The most frequent categories, the alphabet deciding among equals. */
function frequent({ points }: ItemMap): string[] {
  const counts = new Map<string, number>();
  for (const { category } of points) counts.set(category, (counts.get(category) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, COLOURED).map(([category]) => category);
}

/** Points of one category, or of all others where `category` is undefined. */
function trace({ points }: ItemMap, category: string | undefined, categories: readonly string[], n: number, panel: number): JSONObject {
  const own = points.filter((point) => (category === undefined ? !categories.includes(point.category) : point.category === category));
  const { color, symbol } = category === undefined ? OTHER : seriesStyle(n);
  const axis = panel === 0 ? '' : String(panel + 1);
  return {
    type: 'scatter',
    mode: 'markers',
    name: category === undefined ? 'other categories' : plainText(category),
    legendgroup: String(n),
    showlegend: panel === 0 && own.length > 0,
    x: own.map(({ x }) => x),
    y: own.map(({ y }) => y),
    text: own.map(({ title }) => plainText(title)),
    hovertemplate: '%{text}<extra></extra>',
    marker: { color, symbol, size: category === undefined ? 4 : 6 },
    xaxis: `x${axis}`,
    yaxis: `y${axis}`,
  };
}

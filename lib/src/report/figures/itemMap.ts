/** Item tables as maps, side by side, one panel per table: each item is a point, coloured by its category. */
import type { ItemMap } from '../../experiments/views/itemMap';
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { axis, layout, seriesStyle, titled } from './theme';

/** Categories with a colour of their own, the most frequent ones; more could not be told apart. */
const COLOURED = 6;
const OTHER = { color: '#c4c4c4', symbol: 'circle' } as const;
const GAP = 0.06;
const PANEL_HEIGHT = 300;
const LEGEND_HEIGHT = 110;
const TITLE_HEIGHT = 48;

/** Item tables laid flat, one panel per table: each item a point, coloured by its category. */
export function itemMap(maps: readonly ItemMap[]): Figure {
  const categories = frequent(maps[0]);
  const rows = Math.ceil(maps.length / 2);
  const axes = Object.fromEntries(
    maps.flatMap(({ source, explained: [x, y] }, i): [string, JSONObject][] => {
      const n = i === 0 ? '' : String(i + 1);
      const row = Math.floor(i / 2);
      const domain = maps.length === 1 ? [0, 1] : i % 2 === 0 ? [0, 0.5 - GAP / 2] : [0.5 + GAP / 2, 1];
      const rowDomain = [(rows - row - 1) / rows + (row + 1 === rows ? 0 : GAP), (rows - row) / rows];
      const own = { showticklabels: false, ticks: '' };
      return [
        [
          `xaxis${n}`,
          axis(`${plainText(source)}: ${(100 * (x + y)).toFixed(0)} % of variance`, {
            ...own,
            domain,
            anchor: `y${n}`,
          }),
        ],
        [`yaxis${n}`, axis('', { ...own, domain: rowDomain, anchor: `x${n}` })],
      ];
    }),
  );
  const shares = maps.map(({ source, sameCategory }) => `${source} ${(100 * sameCategory).toFixed(0)} %`);
  return {
    id: `item-map-${maps[0].domain.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    alt:
      `Items of ${maps[0].domain} by the two leading principal components of their vectors, coloured by ` +
      'category. ' +
      `Items whose nearest item is of their own category: ${shares.join(', ')}; by chance ` +
      `${(100 * maps[0].byChance).toFixed(0)} %.`,
    data: maps.flatMap((map, i) =>
      [...categories, undefined].map((category, n) => trace(map, category, categories, n, i)),
    ),
    layout: layout({
      ...titled(plainText(finding(maps))),
      height: TITLE_HEIGHT + PANEL_HEIGHT * rows + LEGEND_HEIGHT,
      margin: { l: 24, r: 24, t: TITLE_HEIGHT, b: LEGEND_HEIGHT },
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -36 / (PANEL_HEIGHT * rows), yanchor: 'top' },
      ...axes,
    }),
  };
}

/** "Pantry: the nearest item is of the same category for 31 % (LF) to 100 % (FT), by chance for 11 %". */
function finding(maps: readonly ItemMap[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const sorted = [...maps].sort((a, b) => a.sameCategory - b.sameCategory);
  const ends = maps.length === 1 ? sorted : [sorted[0], sorted[sorted.length - 1]];
  const shares = ends.map(({ source, sameCategory }) => `${percent(sameCategory)} (${source})`);
  return (
    `${maps[0].domain}: the nearest item is of the same category for ${shares.join(' to ')}, ` +
    `by chance for ${percent(maps[0].byChance)}`
  );
}

/** The most frequent categories, the alphabet deciding among equals. */
function frequent({ points }: ItemMap): string[] {
  const counts = new Map<string, number>();
  for (const { category } of points) counts.set(category, (counts.get(category) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, COLOURED)
    .map(([category]) => category);
}

/** Points of one category, or of all others if `category` is undefined. */
function trace(
  { points }: ItemMap,
  category: string | undefined,
  categories: readonly string[],
  n: number,
  panel: number,
): JSONObject {
  const own = points.filter((point) =>
    category === undefined ? !categories.includes(point.category) : point.category === category,
  );
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

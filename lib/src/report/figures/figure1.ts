/**
 * Figure 1 of the paper: what `<s>` attends to. A row per head of each layer, a column per token, newest item
 * first; one panel per model. The colour scale is logarithmic, since most of the attention goes to few
 * tokens.
 */
import type { AttentionMap } from '../../experiments/views/attentionMaps';
import type { JSONObject } from '../../jupyter/notebook/format';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { axis, layout, titled } from './theme';

/** Attention below this share is drawn as this share. */
const FLOOR = 1e-3;

/** Maps of a domain: Longformer, then RECFORMER. A menu chooses among several domains. */
export function figure1(maps: readonly AttentionMap[]): Figure {
  const domains = [...new Set(maps.map(({ domain }) => domain))];
  return withChoice(
    domains.map((domain) => ({
      label: plainText(domain),
      figure: mapsOf(maps.filter((map) => map.domain === domain)),
    })),
  );
}

function mapsOf(maps: readonly AttentionMap[]): Figure {
  const domain = maps[0].domain;
  const width = 1 / maps.length;
  const axes: JSONObject = {};
  maps.forEach((map, n) => {
    const suffix = n === 0 ? '' : String(n + 1);
    const first = n * width + (n === 0 ? 0 : 0.06);
    const { tickvals, ticktext } = itemTicks(map);
    axes[`xaxis${suffix}`] = axis(`${map.model}: tokens`, {
      domain: [first, (n + 1) * width - (n === maps.length - 1 ? 0 : 0.02)],
      anchor: `y${suffix}`,
      tickvals,
      ticktext,
      showgrid: false,
    });
    axes[`yaxis${suffix}`] = axis(n === 0 ? 'layer' : '', {
      anchor: `x${suffix}`,
      autorange: 'reversed',
      showgrid: false,
      tickvals: Array.from({ length: map.layers }, (_, layer) => layer * map.heads + (map.heads - 1) / 2),
      ticktext: Array.from({ length: map.layers }, (_, layer) => String(layer)),
    });
  });
  return {
    id: `figure-1-${domain.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
    alt: altText(maps),
    data: maps.map(trace),
    layout: layout({
      ...axes,
      ...titled(plainText(finding(maps))),
      height: 520,
      margin: { l: 64, r: 90, t: 48, b: 64 },
    }),
  };
}

function trace(map: AttentionMap, n: number, maps: readonly AttentionMap[]): JSONObject {
  const { layers, heads, attention, tokens } = map;
  const width = tokens.length;
  const rows = Array.from({ length: layers * heads }, (_, row) =>
    Array.from(attention.subarray(row * width, (row + 1) * width)),
  );
  const last = n === maps.length - 1;
  return {
    type: 'heatmap',
    z: rows.map((row) => row.map((share) => Number(Math.log10(Math.max(share, FLOOR)).toFixed(3)))),
    zmin: Math.log10(FLOOR),
    zmax: 0,
    colorscale: 'Cividis',
    showscale: last,
    colorbar: {
      title: { text: 'attention', side: 'right' },
      tickvals: [-3, -2, -1, 0],
      ticktext: ['0.1 %', '1 %', '10 %', '100 %'],
      thickness: 12,
    },
    text: rows.map((_, row) =>
      tokens.map((token) =>
        plainText(`layer ${Math.floor(row / heads)}, head ${row % heads}, token ${token.replace('Ġ', '␣')}`),
      ),
    ),
    customdata: rows.map((row) => row.map((share) => Number(share.toFixed(4)))),
    hovertemplate: '%{text}: %{customdata}<extra></extra>',
    ...(n === 0 ? {} : { xaxis: `x${n + 1}`, yaxis: `y${n + 1}` }),
  };
}

/**
 * A tick at the first token of each item: where the paper finds the attention of the middle layers. `<s>`
 * stands left of the first.
 */
function itemTicks({ items }: AttentionMap): { tickvals: number[]; ticktext: string[] } {
  const tickvals = items.flatMap((item, i) => (item > 0 && items[i - 1] !== item ? [i] : []));
  return { tickvals, ticktext: tickvals.map((i) => `item ${items[i]}`) };
}

/** "Pantry: the upper layers give the newest item 31 % (Longformer), 52 % (RECFORMER)". */
function finding(maps: readonly AttentionMap[]): string {
  const shares = maps.map(({ model, statistics }) => {
    const [newest] = statistics.recencyShare;
    return `${(100 * newest).toFixed(0)} % (${model})`;
  });
  return `${maps[0].domain}: the upper layers give the newest item ${shares.join(', ')}`;
}

function altText(maps: readonly AttentionMap[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const words = maps.map(({ model, statistics }) => {
    const shares = statistics.firstTokenShare;
    const highest = shares.indexOf(Math.max(...shares));
    return (
      `${model}: most attention on first tokens of items in layer ${highest} ` +
      `(${percent(shares[highest])}); newest to oldest item in the upper layers ` +
      `${statistics.recencyShare.map(percent).join(', ')}`
    );
  });
  return (
    'Attention of the first token by layer, head and token for one sequence of three items of ' +
    `${maps[0].domain}. ${words.join('. ')}.`
  );
}

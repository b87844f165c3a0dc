/**
 * "When does it help?": what an item table gains SASRec over the random one, one panel per condition that
 * changes. Marked on the axes: Amazon files, and the calibrated shop, which is what the other panels keep.
 */
import { type GainPoint, type Sweep, SWEEPS } from '../../experiments/views/whenItHelps';
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { axis, INK, layout, seriesStyle, titled } from './theme';

interface Panel {
  readonly title: string;
  /** Ticks of a logarithmic axis; undefined if it is none. */
  readonly ticks?: readonly number[];
  /** The setting that the other panels keep. */
  readonly kept: number;
  /** Amazon files (5-core) by name, where this was measured. */
  readonly amazon?: Readonly<Record<string, number>>;
}

/** The files' numbers follow from the tables in lib/src/data/simulation/CALIBRATION.md. */
const PANELS: Readonly<Record<Sweep, Panel>> = {
  texts: {
    title: 'what texts say: frozen lexical / random table',
    kept: 1,
    amazon: { 'Office Products': 1, Beauty: 0.84, Toys: 0.67 },
  },
  users: {
    title: 'interactions per item',
    ticks: [2, 5, 10, 20, 50],
    kept: 1,
    amazon: { 'Office Products': 6.8, Beauty: 16.4, Toys: 14.1, Sports: 16.1 },
  },
  scale: { title: 'scale of the table, random table = 1', ticks: [0.1, 0.3, 1, 3, 10, 30], kept: 1 },
  pretraining: { title: 'pre-training data used (%)', kept: 100 },
};
const TABLES = ['LF', 'PT', 'lexical'] as const;
/** Panels of the figure: left, right; below, above. */
const [ACROSS, UP] = [
  [
    [0, 0.45],
    [0.57, 1],
  ],
  [
    [0, 0.38],
    [0.6, 1],
  ],
] as const;

/** What each item table gains over the random one, a panel per condition; bars: deviation over seeds. */
export function whenItHelps(points: readonly GainPoint[]): Figure {
  const { domain } = points[0];
  const shown = SWEEPS.filter((sweep) => points.some((point) => point.sweep === sweep));
  return {
    id: 'when-it-helps',
    alt: altText(points, shown),
    data: [
      ...shown.flatMap((sweep, panel) =>
        TABLES.flatMap((table) => {
          const own = points.filter((point) => point.sweep === sweep && tableOf(point) === table);
          return own.length === 0 ? [] : [trace(own, table, panel)];
        }),
      ),
      ...shown.flatMap((sweep, panel) => {
        const own = points.filter((point) => point.sweep === sweep);
        return [shopMark(sweep, own, panel, shown.length), ...amazonMarks(sweep, panel, shown.length)];
      }),
    ],
    layout: layout({
      ...titled(plainText(`${domain}: ${finding(points)}`)),
      height: 640,
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.12, yanchor: 'top' },
      ...Object.fromEntries(shown.flatMap((sweep, panel) => axesOf(sweep, panel, points))),
      ...Object.fromEntries(shown.map((_, panel) => markAxis(panel, shown.length))),
    }),
  };
}

/** LF is the language model before any pre-training: the first point of that line. */
function tableOf({ sweep, table }: GainPoint): string {
  return sweep === 'pretraining' ? 'PT' : table;
}

function trace(points: readonly GainPoint[], table: (typeof TABLES)[number], panel: number): JSONObject {
  const { color, dash, symbol } = seriesStyle(TABLES.indexOf(table));
  const own = [...points].sort((a, b) => a.at - b.at);
  const n = panel === 0 ? '' : String(panel + 1);
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: table,
    legendgroup: table,
    showlegend: panel === 0,
    x: own.map(({ sweep, at }) => (sweep === 'pretraining' ? String(at) : at)),
    y: own.map(({ gain }) => gain.mean),
    error_y: {
      type: 'data',
      array: own.map(({ gain }) => gain.spread ?? 0),
      color,
      thickness: 1,
      width: 3,
    },
    line: { color, dash, width: 2 },
    marker: { color, symbol, size: 7 },
    text: own.map(hoverText),
    hovertemplate: `${table}, at %{x:.3g}: %{text}<extra></extra>`,
    xaxis: `x${n}`,
    yaxis: `y${n}`,
  };
}

/** "+6.6 % ± 1.9 over 3 seeds", both values, and how many users. */
function hoverText({ gain, ours, random, users }: GainPoint): string {
  const { mean, spread, values } = gain;
  const seeds = spread === undefined ? '' : ` ± ${spread.toFixed(1)} over ${values.length} seeds`;
  return [
    `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(1)} %${seeds}`,
    `NDCG@10 ${(100 * ours.mean).toFixed(1)} %, random table ${(100 * random.mean).toFixed(1)} %`,
    `${users} users`,
  ].join('<br>');
}

function axesOf(sweep: Sweep, panel: number, points: readonly GainPoint[]): [string, JSONObject][] {
  const { title, ticks } = PANELS[sweep];
  const n = panel === 0 ? '' : String(panel + 1);
  const own = points.filter((point) => point.sweep === sweep);
  const shares = {
    type: 'category',
    categoryorder: 'array',
    categoryarray: [...new Set(own.map(({ at }) => at))].sort((a, b) => a - b).map(String),
  };
  return [
    [
      `xaxis${n}`,
      axis(title, {
        domain: [...ACROSS[panel % 2]],
        anchor: `y${n}`,
        ...(sweep === 'pretraining' ? shares : ticks !== undefined && { type: 'log', tickvals: [...ticks] }),
      }),
    ],
    [
      `yaxis${n}`,
      axis(panel % 2 === 0 ? 'gain in NDCG@10 (%)' : '', {
        domain: [...UP[panel < 2 ? 1 : 0]],
        anchor: `x${n}`,
        zeroline: true,
        zerolinecolor: INK,
      }),
    ],
  ];
}

/** Marks stand on the horizontal axis, wherever the gains lie: a vertical axis of their own. */
function markAxis(panel: number, panels: number): [string, JSONObject] {
  const overlaying = `y${panel === 0 ? '' : panel + 1}`;
  return [
    `yaxis${panels + panel + 1}`,
    { overlaying, range: [0, 1], visible: false, fixedrange: true, anchor: `x${overlaying.slice(1)}` },
  ];
}

function marks(panel: number, panels: number): JSONObject {
  return {
    type: 'scatter',
    mode: 'markers',
    showlegend: panel === 0,
    cliponaxis: false,
    xaxis: `x${panel === 0 ? '' : panel + 1}`,
    yaxis: `y${panels + panel + 1}`,
  };
}

function shopMark(sweep: Sweep, points: readonly GainPoint[], panel: number, panels: number): JSONObject {
  const kept = points.find(({ setting }) => setting === PANELS[sweep].kept);
  return {
    ...marks(panel, panels),
    name: 'calibrated shop',
    legendgroup: 'shop',
    x: kept === undefined ? [] : [sweep === 'pretraining' ? String(kept.at) : kept.at],
    y: kept === undefined ? [] : [0],
    marker: { color: INK, symbol: 'star', size: 12 },
    hovertemplate: 'the calibrated shop: %{x:.3g}<br>what the other panels keep<extra></extra>',
  };
}

function amazonMarks(sweep: Sweep, panel: number, panels: number): JSONObject[] {
  const { amazon } = PANELS[sweep];
  if (amazon === undefined) return [];
  return [
    {
      ...marks(panel, panels),
      name: 'Amazon files',
      legendgroup: 'amazon',
      x: Object.values(amazon),
      y: Object.keys(amazon).map(() => 0),
      text: Object.keys(amazon),
      marker: { color: INK, symbol: 'line-ns-open', size: 16, line: { width: 2 } },
      hovertemplate: 'Amazon %{text}: %{x:.3g}<extra></extra>',
    },
  ];
}

/** "the PT table gains +1 % to +7 % as texts say more, and most at 4 interactions per item (+10 %)". */
function finding(points: readonly GainPoint[]): string {
  const ofPT = (sweep: Sweep): GainPoint[] =>
    points.filter((point) => point.sweep === sweep && point.table === 'PT').sort((a, b) => a.at - b.at);
  const [texts, users] = [ofPT('texts'), ofPT('users')];
  const parts: string[] = [];
  if (texts.length > 1)
    parts.push(`${percent(texts[0].gain.mean)} to ${percent(texts.at(-1)!.gain.mean)} as texts say more`);
  if (users.length > 1) {
    const [best] = [...users].sort((a, b) => b.gain.mean - a.gain.mean);
    parts.push(`most at ${best.at.toFixed(0)} interactions per item (${percent(best.gain.mean)})`);
  }
  return parts.length === 0 ? 'what item tables gain' : `the PT table gains ${parts.join(', ')}`;
}

function altText(points: readonly GainPoint[], shown: readonly Sweep[]): string {
  const lines = shown.map((sweep) => {
    const tables = TABLES.flatMap((table) => {
      const own = points
        .filter((point) => point.sweep === sweep && tableOf(point) === table)
        .sort((a, b) => a.at - b.at);
      if (own.length === 0) return [];
      const values = own.map(({ at, gain }) => `${percent(gain.mean)} at ${Number(at.toPrecision(3))}`);
      return [`${table} ${values.join(', ')}`];
    });
    return `By ${PANELS[sweep].title}: ${tables.join('; ')}`;
  });
  const files = shown.flatMap((sweep) => {
    const { title, amazon } = PANELS[sweep];
    return amazon === undefined
      ? []
      : [
          `${title}: ${Object.entries(amazon)
            .map(([name, at]) => `${name} ${at}`)
            .join(', ')}`,
        ];
  });
  return (
    'What each item table gains SASRec over the random one, in percent of NDCG@10, mean over seeds. ' +
    `${lines.join('. ')}.${files.length === 0 ? '' : ` Amazon files, by ${files.join('; by ')}.`}`
  );
}

function percent(gain: number): string {
  const rounded = Math.round(Math.abs(gain));
  return rounded === 0 ? '0 %' : `${gain < 0 ? '−' : '+'}${rounded} %`;
}

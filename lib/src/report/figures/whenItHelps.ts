/**
 * "When does it help?": what an item table gains SASRec over the random one, one panel per condition that
 * changes. The conditions of four Amazon files are marked.
 */
import { type GainPoint, type Sweep, SWEEPS } from '../../experiments/views/whenItHelps';
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { axis, GRID, INK, layout, seriesStyle, titled } from './theme';

interface Panel {
  readonly title: string;
  /** Ticks of a logarithmic axis; undefined if it is none. */
  readonly ticks?: readonly number[];
  /** The range in four Amazon files (Office Products, Beauty, Toys, Sports; 5-core). */
  readonly amazon?: readonly [number, number];
}

/**
 * The files' lexical tables are those of the calibration (lib/src/data/simulation/CALIBRATION.md); their
 * interactions per item follow from the numbers of reviews and products.
 */
const PANELS: Readonly<Record<Sweep, Panel>> = {
  texts: { title: 'what texts say: frozen lexical / random table', amazon: [0.67, 1.01] },
  users: { title: 'interactions per item', ticks: [2, 5, 10, 20, 50], amazon: [14, 22] },
  scale: { title: 'scale of the table, random table = 1', ticks: [0.1, 0.3, 1, 3, 10, 30] },
  pretraining: { title: 'pre-training data used (%)' },
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
    data: shown.flatMap((sweep, panel) =>
      TABLES.flatMap((table) => {
        const own = points.filter((point) => point.sweep === sweep && tableOf(point) === table);
        return own.length === 0 ? [] : [trace(own, table, panel)];
      }),
    ),
    layout: layout({
      ...titled(plainText(`${domain}: ${finding(points)}`)),
      height: 640,
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.12, yanchor: 'top' },
      ...Object.fromEntries(shown.flatMap((sweep, panel) => axesOf(sweep, panel, points))),
      shapes: shown.flatMap((sweep, panel) => amazonBand(sweep, panel)),
      annotations: shown.flatMap((sweep, panel) => amazonNote(sweep, panel)),
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
    customdata: own.map(({ users, ours, random }) => [users, 100 * ours.mean, 100 * random.mean]),
    hovertemplate:
      `${table}, at %{x:.3g}: %{y:+.1f} %<br>NDCG@10 %{customdata[1]:.1f} %, random table ` +
      '%{customdata[2]:.1f} %<br>%{customdata[0]} users<extra></extra>',
    xaxis: `x${n}`,
    yaxis: `y${n}`,
  };
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

function amazonBand(sweep: Sweep, panel: number): JSONObject[] {
  const { amazon } = PANELS[sweep];
  if (amazon === undefined) return [];
  const n = panel === 0 ? '' : String(panel + 1);
  const [x0, x1] = amazon;
  return [
    {
      type: 'rect',
      xref: `x${n}`,
      yref: `y${n} domain`,
      x0,
      x1,
      y0: 0,
      y1: 1,
      fillcolor: GRID,
      line: { width: 0 },
      layer: 'below',
    },
  ];
}

function amazonNote(sweep: Sweep, panel: number): JSONObject[] {
  const { amazon, ticks } = PANELS[sweep];
  if (amazon === undefined) return [];
  const n = panel === 0 ? '' : String(panel + 1);
  const middle = ticks ? (Math.log10(amazon[0]) + Math.log10(amazon[1])) / 2 : (amazon[0] + amazon[1]) / 2;
  return [
    {
      text: 'Amazon files',
      xref: `x${n}`,
      yref: `y${n} domain`,
      x: middle,
      y: 1,
      yanchor: 'bottom',
      showarrow: false,
      font: { size: 11, color: INK },
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
  return (
    'What each item table gains SASRec over the random one, in percent of NDCG@10, mean over seeds. ' +
    `${lines.join('. ')}.`
  );
}

function percent(gain: number): string {
  const rounded = Math.round(Math.abs(gain));
  return rounded === 0 ? '0 %' : `${gain < 0 ? '−' : '+'}${rounded} %`;
}

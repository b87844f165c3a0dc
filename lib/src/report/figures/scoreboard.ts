/**
 * The scoreboard as a forest plot: each measured claim's effect with its interval, beside the paper's own
 * effect; marker by verdict.
 */
import type { ScoreboardRow } from '../../experiments/claims';
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { axis, INK, layout, seriesStyle, titled } from './theme';

const VERDICTS = [
  { verdict: 'reproduced', series: 2 },
  { verdict: 'not reproduced', series: 1 },
  { verdict: 'undecided', series: 5 },
] as const;
const PAPER = seriesStyle(6);
const ROW_HEIGHT = 20;
/** Effects beyond this, in percent, are drawn at the edge: one claim must not flatten all others. */
const EDGE = 100;

type Measured = ScoreboardRow & { readonly ours: NonNullable<ScoreboardRow['ours']> };

/**
 * The scoreboard as a forest plot: each measured claim's effect with its interval, beside the paper's own.
 */
export function scoreboard(rows: readonly ScoreboardRow[]): Figure {
  const shown = rows.filter((row): row is Measured => row.ours !== undefined);
  const labels = shown.map(labelOf);
  const counts = VERDICTS.map(
    ({ verdict }) => `${shown.filter((row) => row.verdict === verdict).length} ${verdict}`,
  );
  return {
    id: 'scoreboard',
    alt:
      `Effects of ${shown.length} claims of the paper with 95 % intervals: ${counts.join(', ')}. ` +
      `${rows.length - shown.length} claims were not measured.`,
    data: [
      ...VERDICTS.map(({ verdict, series }) =>
        trace(
          shown.filter((row) => row.verdict === verdict),
          verdict,
          series,
        ),
      ),
      {
        type: 'scatter',
        mode: 'markers',
        name: 'in the paper',
        x: shown.map(({ paper }) => (paper.effect === undefined ? null : clamped(paper.effect))),
        y: labels,
        marker: { color: PAPER.color, symbol: 'line-ns-open', size: 9 },
        hovertemplate: '%{y}: %{x:.1f} %<extra>paper</extra>',
      },
    ],
    layout: layout({
      ...titled(`Of ${shown.length} claims of the paper: ${counts.join(', ')}`),
      height: 194 + ROW_HEIGHT * shown.length,
      xaxis: axis(`effect (%; beyond ±${EDGE} at the edge)`, {
        range: [-EDGE * 1.05, EDGE * 1.05],
        zeroline: true,
        zerolinecolor: INK,
        zerolinewidth: 1,
      }),
      yaxis: axis('', {
        type: 'category',
        categoryorder: 'array',
        categoryarray: labels,
        autorange: 'reversed',
        tickfont: { size: 11 },
      }),
      legend: {
        orientation: 'h',
        x: 0,
        xanchor: 'left',
        y: -55 / (ROW_HEIGHT * shown.length + 50),
        yanchor: 'top',
      },
    }),
  };
}

function trace(rows: readonly Measured[], name: string, series: number): JSONObject {
  const { color, symbol } = seriesStyle(series);
  const x = rows.map(({ ours }) => clamped(ours.effect));
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x,
    y: rows.map(labelOf),
    error_x: {
      type: 'data',
      symmetric: false,
      color,
      thickness: 1,
      width: 3,
      array: rows.map(({ ours }, i) => Math.max(0, clamped(ours.interval.high) - x[i])),
      arrayminus: rows.map(({ ours }, i) => Math.max(0, x[i] - clamped(ours.interval.low))),
    },
    marker: { color, symbol, size: 7 },
    text: rows.map(hoverText),
    hovertemplate: '%{text}<extra></extra>',
  };
}

/** The claim, its effect as it is, the interval over how many users, and the paper's effect. */
function hoverText({ claim, ours, paper }: Measured): string {
  const percent = (share: number): string => `${share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(1)}`;
  const { effect, interval, users } = ours;
  return [
    plainText(claim.statement),
    `${percent(effect)} %, 95 % interval over ${users} users: ` +
      `${percent(interval.low)} to ${percent(interval.high)} %`,
    ...(paper.effect === undefined ? [] : [`in the paper: ${percent(paper.effect)} %`]),
  ].join('<br>');
}

function clamped(share: number): number {
  return Math.max(-EDGE, Math.min(EDGE, 100 * share));
}

function labelOf({ claim }: ScoreboardRow): string {
  return plainText(`${claim.section} ${claim.id}`);
}

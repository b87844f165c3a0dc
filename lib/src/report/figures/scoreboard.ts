/**
 * The scoreboard as a forest plot: each measured claim's effect with its interval, beside the paper's own
 * effect; marker by verdict. A menu chooses a single dataset, where there are effects without intervals.
 */
import type { ScoreboardRow } from '../../experiments/claims';
import type { JSONObject } from '../../jupyter/notebook/format';
import { effectText, intervalText } from '../effectText';
import { withChoice } from './choice';
import { plainText, type Figure } from './figure';
import { axis, INK, layout, seriesStyle, titled } from './theme';

const VERDICTS = [
  { verdict: 'reproduced', series: 2 },
  { verdict: 'not reproduced', series: 1 },
  { verdict: 'undecided', series: 5 },
] as const;
const PAPER = seriesStyle(6);
const ROW_HEIGHT = 20;
/** The legend is as wide as the figure, so the menu stands below it, in pixels. */
const MENU = 30;
/** Effects beyond this, in percent, are drawn at the edge: one claim must not flatten all others. */
const EDGE = 100;

type Ours = NonNullable<ScoreboardRow['ours']>;
type Measured = ScoreboardRow & { readonly ours: Ours };
/** A measured claim, or its effect on one dataset with what was measured `over` all. */
type Shown = Pick<ScoreboardRow, 'claim' | 'paper' | 'verdict'> & {
  readonly ours: Pick<Ours, 'effect'> & Partial<Ours>;
  readonly over?: Ours;
};

/**
 * The scoreboard as a forest plot: each measured claim's effect with its interval, beside the paper's own.
 */
export function scoreboard(rows: readonly ScoreboardRow[]): Figure {
  const shown = rows.filter((row): row is Measured => row.ours !== undefined);
  const domains = [...new Set(shown.flatMap(({ ours }) => ours.byCell.map(({ domain }) => domain)))];
  const counts = VERDICTS.map(
    ({ verdict }) => `${shown.filter((row) => row.verdict === verdict).length} ${verdict}`,
  );
  const all = forest(rows, shown, counts, `Of ${shown.length} claims of the paper: ${counts.join(', ')}`);
  if (domains.length < 2) return all;
  const versions = [
    { label: 'all datasets', figure: all },
    ...domains.map((domain) => {
      const there = shown.map((row) => onDomain(row, domain));
      const measured = there.filter(({ ours }) => !Number.isNaN(ours.effect)).length;
      const title = `${domain} alone: effects of ${measured} claims, without intervals`;
      return { label: plainText(domain), figure: forest(rows, there, counts, plainText(title)) };
    }),
  ];
  return withChoice(versions, MENU);
}

/** The effect on one dataset, the mean over backbones; not a number where it was not measured. */
function onDomain(row: Measured, domain: string): Shown {
  const effects = row.ours.byCell.flatMap((cell) =>
    cell.domain === domain && cell.effect !== undefined ? [cell.effect] : [],
  );
  const effect = effects.reduce((sum, value) => sum + value, 0) / effects.length;
  return { ...row, ours: { effect }, over: row.ours };
}

function forest(
  rows: readonly ScoreboardRow[],
  shown: readonly Shown[],
  counts: readonly string[],
  title: string,
): Figure {
  const labels = shown.map(labelOf);
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
      ...titled(title),
      margin: { l: 64, r: 24, t: 48, b: 96 + MENU },
      height: 194 + MENU + ROW_HEIGHT * shown.length,
      xaxis: axis(`effect (% or points; beyond ±${EDGE} at the edge)`, {
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

function trace(rows: readonly Shown[], name: string, series: number): JSONObject {
  const { color, symbol } = seriesStyle(series);
  const x = rows.map(({ ours }) => clamped(ours.effect));
  const ends = rows.map(({ ours: { effect, interval = { low: effect, high: effect } } }) => interval);
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: x.map((effect) => (Number.isNaN(effect) ? null : effect)),
    y: rows.map(labelOf),
    error_x: {
      type: 'data',
      symmetric: false,
      color,
      thickness: 1,
      width: 3,
      array: ends.map(({ high }, i) => Math.max(0, clamped(high) - x[i]) || 0),
      arrayminus: ends.map(({ low }, i) => Math.max(0, x[i] - clamped(low)) || 0),
    },
    marker: { color, symbol, size: 7 },
    text: rows.map(hoverText),
    hovertemplate: '%{text}<extra></extra>',
  };
}

/** The claim, its effect as it is, the interval over how many users, and the paper's effect. */
function hoverText({ claim, ours, over, paper }: Shown): string {
  return [
    plainText(claim.statement),
    ...(over === undefined ? [] : [`here ${effectText(claim, ours.effect)}; over all datasets:`]),
    measurement(claim, over ?? (ours as Ours)),
    ...(paper.effect === undefined ? [] : [`in the paper: ${effectText(claim, paper.effect)}`]),
  ].join('<br>');
}

function measurement(claim: ScoreboardRow['claim'], { effect, interval, users }: Ours): string {
  return `${effectText(claim, effect)}, 95 % interval over ${users} users: ` + intervalText(claim, interval);
}

function clamped(share: number): number {
  return Math.max(-EDGE, Math.min(EDGE, 100 * share));
}

function labelOf({ claim }: Pick<ScoreboardRow, 'claim'>): string {
  return plainText(`${claim.section} ${claim.id}`);
}

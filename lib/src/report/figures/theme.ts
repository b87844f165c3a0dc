/**
 * The look that all figures share. They have no background, and words in a grey that is legible on white and
 * on black, so a figure suits a light page, a dark one and print. Series differ by colour (Okabe and Ito
 * 2008, safe for the colour-blind), by marker and by dash.
 */
import type { JSONObject } from '../../jupyter/notebook/format';

export const FONT_FAMILY = 'Helvetica, Arial, sans-serif';

/** At 4.5 to 1 on white, 4.1 to 1 on JupyterLab's dark page (contrast as WCAG has it). */
export const INK = '#767676';
export const GRID = 'rgba(128, 128, 128, 0.25)';

/** Width and height of a figure with one row of panels, in pixels. */
const FIGURE_SIZE = { width: 760, height: 380 } as const;

const SERIES = [
  { color: '#0072B2', dash: 'solid', symbol: 'circle' },
  { color: '#D55E00', dash: 'dash', symbol: 'square' },
  { color: '#009E73', dash: 'dot', symbol: 'diamond' },
  { color: '#CC79A7', dash: 'dashdot', symbol: 'triangle-up' },
  { color: '#56B4E9', dash: 'longdash', symbol: 'cross' },
  { color: '#E69F00', dash: 'longdashdot', symbol: 'x' },
  { color: INK, dash: 'solid', symbol: 'star' },
] as const;

/** The style of the n-th series of a figure; styles repeat after the seventh. */
export function seriesStyle(n: number): (typeof SERIES)[number] {
  return SERIES[n % SERIES.length];
}

/** A layout with the shared look; `own` is what the figure adds, its axes already made by `axis`. */
export function layout(own: JSONObject): JSONObject {
  return {
    ...FIGURE_SIZE,
    paper_bgcolor: 'rgba(0, 0, 0, 0)',
    plot_bgcolor: 'rgba(0, 0, 0, 0)',
    font: { family: FONT_FAMILY, size: 13, color: INK },
    margin: { l: 64, r: 24, t: 24, b: 96 },
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.22, yanchor: 'top' },
    hoverlabel: { font: { family: FONT_FAMILY } },
    ...own,
  };
}

/** Above the figure, at the left: what it shows, as a finding if there is one. With room for it. */
export function titled(text: string): JSONObject {
  return {
    title: { text, x: 0, xref: 'paper', font: { size: 15 } },
    margin: { l: 64, r: 24, t: 48, b: 96 },
  };
}

/** An axis with its title and what else the figure sets. */
export function axis(title: string, own: JSONObject = {}): JSONObject {
  return {
    title: { text: title, standoff: 8 },
    automargin: true,
    gridcolor: GRID,
    linecolor: INK,
    showline: true,
    ticks: 'outside',
    tickcolor: INK,
    zeroline: false,
    ...own,
  };
}

/** Epochs between two ticks: a round whole number that gives at most eight ticks. */
export function wholeStep(epochs: number): number {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
  return steps.find((step) => epochs / step <= 8) ?? 1000;
}

/**
 * Where a line has more epochs than this, none bears a marker at each: they would hide how lines are dashed.
 */
const MOST_MARKED = 12;

/** How a line of so many epochs is drawn. */
export function modeOf(epochs: number): 'lines' | 'lines+markers' {
  return epochs > MOST_MARKED ? 'lines' : 'lines+markers';
}

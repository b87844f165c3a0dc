/**
 * The look that all figures share. A white ground of its own, so that a figure reads the same in print, in a
 * light and in a dark page. Series differ by colour (Okabe and Ito 2008, told apart by the colour-blind), by
 * marker and by dash.
 */
import type { JSONObject } from '../../jupyter/notebook/format';

export const FONT_FAMILY = 'Helvetica, Arial, sans-serif';

export const INK = '#222222';
export const GRID = '#e3e3e3';

/** Width and height of a figure with one row of panels, in pixels. */
export const FIGURE_SIZE = { width: 760, height: 380 } as const;

const SERIES = [
  { color: '#0072B2', dash: 'solid', symbol: 'circle' },
  { color: '#D55E00', dash: 'dash', symbol: 'square' },
  { color: '#009E73', dash: 'dot', symbol: 'diamond' },
  { color: '#CC79A7', dash: 'dashdot', symbol: 'triangle-up' },
  { color: '#56B4E9', dash: 'longdash', symbol: 'cross' },
  { color: '#E69F00', dash: 'longdashdot', symbol: 'x' },
  { color: '#000000', dash: 'solid', symbol: 'star' },
] as const;

/** The style of the n-th series of a figure; styles repeat after the seventh. */
export function seriesStyle(n: number): (typeof SERIES)[number] {
  return SERIES[n % SERIES.length];
}

/** A layout with the shared look; `own` is what the figure adds, its axes already made by `axis`. */
export function layout(own: JSONObject): JSONObject {
  return {
    ...FIGURE_SIZE,
    paper_bgcolor: '#ffffff',
    plot_bgcolor: '#ffffff',
    font: { family: FONT_FAMILY, size: 13, color: INK },
    margin: { l: 64, r: 24, t: 24, b: 96 },
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.22, yanchor: 'top' },
    hoverlabel: { font: { family: FONT_FAMILY } },
    ...own,
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

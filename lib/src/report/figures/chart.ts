/**
 * A figure of your own in a notebook cell: Plotly traces, unchanged, in the look that all figures share.
 * Figures of the report have a function each.
 */
import type { JSONObject } from '../../jupyter/notebook/format';
import { plainText, type Figure } from './figure';
import { axis, layout, seriesStyle, titled } from './theme';

/** What a chart is made of. */
export interface Chart {
  readonly title: string;
  /** Alternative text: what is drawn and what it shows. */
  readonly alt: string;
  /** Plotly traces; lines and points that set no colour, dash or symbol get those of their place. */
  readonly data: readonly JSONObject[];
  /** Title of an axis, or the axis as Plotly has it. */
  readonly x: string | JSONObject;
  readonly y: string | JSONObject;
  /** In pixels, 380 by default. */
  readonly height?: number;
}

/**
 * Plotly traces as a figure with title, axes and the look of the report's figures.
 * @example
 * ```ts
 * import { figures, show } from 'elephant';
 * const data = [{ y: [2, 1, 0.5], mode: 'lines' }];
 * await show.figure(figures.chart({ title: 'Loss', alt: 'It falls.', data, x: 'step', y: 'loss' }));
 * ```
 */
export function chart({ title, alt, data, x, y, height }: Chart): Figure {
  return {
    id: idOf(title),
    alt,
    data: data.map(styled),
    layout: layout({
      ...titled(plainText(title)),
      ...(height !== undefined && { height }),
      xaxis: axisOf(x),
      yaxis: axisOf(y),
    }),
  };
}

function styled(trace: JSONObject, n: number): JSONObject {
  const { color, dash, symbol } = seriesStyle(n);
  const { type = 'scatter' } = trace;
  const own = (part: 'marker' | 'line'): JSONObject => (trace[part] ?? {}) as JSONObject;
  if (type === 'bar') return { ...trace, marker: { color, ...own('marker') } };
  if (type !== 'scatter') return trace;
  return {
    ...trace,
    marker: { color, symbol, ...own('marker') },
    line: { color, dash, ...own('line') },
  };
}

function axisOf(given: string | JSONObject): JSONObject {
  return typeof given === 'string' ? axis(plainText(given)) : axis('', given);
}

/** "Attention, row 3" -> "attention-row-3". */
export function idOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

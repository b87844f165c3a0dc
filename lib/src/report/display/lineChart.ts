/**
 * A small line chart as SVG text, quick enough to be redrawn while one looks. Not a figure: those are drawn
 * by Plotly (figures/), and the chart looks like them in any theme. Pure: equal data, equal bytes.
 */
import { textWidth } from '../figures/textMetrics';
import { FONT_FAMILY, GRID, INK, seriesStyle } from '../figures/theme';
import { escapeXml } from './escape';

export interface LineChart {
  readonly title: string;
  /** A line below the title. */
  readonly note: string;
  /** Alternative text. */
  readonly alt: string;
  /** Side by side. */
  readonly panels: readonly Panel[];
}

export interface Panel {
  /** What y is, and what x is. */
  readonly y: string;
  readonly x: string;
  /** In ascending order of x, which are whole numbers; a y of NaN leaves a gap. */
  readonly points: readonly Point[];
  /** The x of the point that is marked. */
  readonly marked?: number;
  /** The least end of the x axis. */
  readonly range?: readonly [number, number];
}

export type Point = readonly [x: number, y: number | null | undefined];

const PANEL = { width: 330, height: 190 };
/** The inside of a panel, from the panel's edges. */
const MARGIN = { left: 58, right: 16, top: 24, bottom: 38 };
const HEAD = 44;
const [LEFT, RIGHT, TOP, BOTTOM] = [
  MARGIN.left,
  PANEL.width - MARGIN.right,
  MARGIN.top,
  PANEL.height - MARGIN.bottom,
];
const SIZES = { title: 15, text: 12, tick: 11 };
/** A line with more points has markers only at points without a neighbour. */
const MOST_MARKERS = 12;
/** No sensible loss is as large: a diverged training must not push everything else into a corner. */
const BEYOND = 1e6;
/** Values closer than this count as one. */
const NEGLIGIBLE = 1e-6;

export function lineChart({ title, note, alt, panels }: LineChart): string {
  const [width, height] = [PANEL.width * panels.length, HEAD + PANEL.height];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ` +
      `${height}" font-family="${FONT_FAMILY}" font-size="${SIZES.text}" fill="${INK}" role="img" ` +
      `aria-label="${escapeXml(alt)}">`,
    `<text x="12" y="20" font-size="${SIZES.title}">${fitted(title, width - 24, SIZES.title)}</text>`,
    `<text x="12" y="38">${fitted(note, width - 24, SIZES.text)}</text>`,
    ...panels.map(
      (panel, i) => `<g transform="translate(${i * PANEL.width},${HEAD})">${panelSvg(panel, i)}</g>`,
    ),
    '</svg>',
  ].join('');
}

function panelSvg(
  { y: yName, x: xName, points, marked, range = [Infinity, -Infinity] }: Panel,
  n: number,
): string {
  const drawn = points.map(
    ([x, y]) => [x, typeof y === 'number' && Math.abs(y) < BEYOND ? y : undefined] as const,
  );
  const known = drawn.flatMap(([x, y]) => (y === undefined ? [] : [[x, y] as const]));
  const xs = scale([...points.map(([x]) => x), ...range], 0, [LEFT, RIGHT]);
  const ys = scale(
    known.map(([, y]) => y),
    0.06,
    [BOTTOM, TOP],
  );
  const at = ([x, y]: readonly [number, number]): [string, string] => [px(xs.place(x)), px(ys.place(y))];
  const { color } = seriesStyle(n);
  const dot = (point: readonly [number, number], r: number): string =>
    `<circle cx="${at(point)[0]}" cy="${at(point)[1]}" r="${r}"/>`;
  const runs = unbroken(drawn);
  // With few points each has a mark; with many, only those that no line shows.
  const dotted = known.length <= MOST_MARKERS ? known : runs.filter(({ length }) => length === 1).flat();
  const best = known.find(([x]) => x === marked);
  return [
    ...ticks(ys, 5, 0).map(
      ({ value, text }) =>
        `<path d="M${LEFT} ${px(ys.place(value))}H${RIGHT}" stroke="${GRID}"/><text x="${LEFT - 7}" ` +
        `y="${px(ys.place(value) + 4)}" font-size="${SIZES.tick}" text-anchor="end">${text}</text>`,
    ),
    ...ticks(xs, 6, 1).map(
      ({ value, text }) =>
        `<path d="M${px(xs.place(value))} ${BOTTOM}v4" stroke="${INK}"/><text ` +
        `x="${px(xs.place(value))}" y="${BOTTOM + 16}" font-size="${SIZES.tick}" ` +
        `text-anchor="middle">${text}</text>`,
    ),
    `<path d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}" fill="none" stroke="${INK}"/>`,
    `<text x="12" y="14">${words(yName)}</text><text x="${(LEFT + RIGHT) / 2}" y="${BOTTOM + 32}" ` +
      `text-anchor="middle">${words(xName)}</text>`,
    ...runs
      .filter(({ length }) => length > 1)
      .map(
        (run) =>
          `<path d="M${run.map((point) => at(point).join(' ')).join('L')}" fill="none" ` +
          `stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`,
      ),
    `<g fill="${color}">${dotted.map((point) => dot(point, 3)).join('')}</g>`,
    best === undefined
      ? ''
      : `<path d="M${at(best)[0]} ${TOP}V${BOTTOM}" stroke="${color}" stroke-dasharray="3 3"/><g ` +
        `fill="${color}">${dot(best, 5)}</g>`,
  ].join('');
}

/** The pieces of a line between its gaps. */
function unbroken(
  points: readonly (readonly [number, number | undefined])[],
): (readonly [number, number])[][] {
  const runs: (readonly [number, number])[][] = [[]];
  for (const [x, y] of points) {
    if (y === undefined) runs.push([]);
    else runs[runs.length - 1].push([x, y]);
  }
  return runs.filter(({ length }) => length > 0);
}

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly place: (value: number) => number;
}

/**
 * From the least to the greatest value, with a margin on both sides; around a single value; NaN to NaN if
 * there is none.
 */
function scale(values: readonly number[], more: number, [start, end]: readonly [number, number]): Scale {
  let [from, to] = values
    .filter(Number.isFinite)
    .reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  if (from > to) return { from: NaN, to: NaN, place: () => start };
  const pad =
    to - from > NEGLIGIBLE ? more * (to - from) : Math.abs(from) > NEGLIGIBLE ? Math.abs(from) / 20 : 0.5;
  [from, to] = [from - pad, to + pad];
  return { from, to, place: (value) => start + ((value - from) / (to - from)) * (end - start) };
}

/** Round numbers on the scale: about `most` at most, and at least `least` apart. */
function ticks({ from, to }: Scale, most: number, least: number): { value: number; text: string }[] {
  if (Number.isNaN(from)) return [];
  const rough = Math.max((to - from) / most, least);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const [first, last] = [Math.ceil(from / step), Math.floor(to / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    value: (first + i) * step,
    text: ((first + i) * step).toFixed(decimals),
  }));
}

function px(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** As much of a line as fits. */
function fitted(text: string, width: number, size: number): string {
  const letters = [...text];
  while (letters.length > 0 && textWidth(letters.join(''), size) > width)
    letters.length = Math.min(letters.length - 1, Math.floor(letters.length * 0.95));
  return words(letters.join('') + (letters.length < [...text].length ? '…' : ''));
}

/** A dollar sign gets its own element, as in escapeHtml, since the chart may be part of HTML. */
function words(text: string): string {
  return escapeXml(text).replaceAll('$', '<tspan>$</tspan>');
}

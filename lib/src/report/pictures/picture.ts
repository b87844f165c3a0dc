/**
 * What a picture is: a drawing that explains an idea, as SVG text with alternative text. It has no data and
 * no Plotly: those are figures (figures/). This file has the few shapes that pictures are made of.
 *
 * A picture has no background, so that it suits light and dark pages: what stands on the page has the grey of
 * figures, and boxes are light or dark, with their words, by the reader's system. Texts have a fixed length
 * (as in figures/renderSvg.ts), so no font makes them overlap.
 */
import { escapeXml } from '../display/escape';
import { textWidth } from '../figures/textMetrics';
import { FONT_FAMILY, INK } from '../figures/theme';

/** A drawing as SVG, with its alternative text. */
export interface Picture {
  /** File name without extension: "causal-mask". */
  readonly id: string;
  /** Alternative text: what is drawn and what it says, in a sentence or two. */
  readonly alt: string;
  readonly svg: string;
}

/** A place in pixels of the picture; y grows downwards. */
export type Point = readonly [x: number, y: number];

/**
 * How a shape is filled. `given`: comes from text or is held fixed. `trained`: is trained, or random at
 * first. `target`: the item to be found. `plain`: none of these.
 */
export type Kind = 'plain' | 'given' | 'trained' | 'target';

/** Narrow enough that the words are legible on a phone. */
const WIDTH = 560;
const SIZE = 14;

const LIGHT = {
  ink: '#222222',
  soft: '#595959',
  here: '#a3256f',
  onHere: '#ffffff',
  plain: ['#f3f3f3', '#8a8a8a'],
  given: ['#d3e7f5', '#0072b2'],
  trained: ['#fce3cc', '#c85200'],
  target: ['#cdeee1', '#007d5a'],
} as const;
const DARK: typeof LIGHT | Record<keyof typeof LIGHT, string | readonly [string, string]> = {
  ink: '#f0f0f0',
  soft: '#b9bec5',
  here: '#f28fc6',
  onHere: '#1b1f24',
  plain: ['#2a3037', '#828a94'],
  given: ['#173f5a', '#56b4e9'],
  trained: ['#573413', '#f0a04b'],
  target: ['#12473a', '#39c99d'],
};

const KINDS: readonly Kind[] = ['plain', 'given', 'trained', 'target'];

/** Classes rather than attributes, so that dark colours can replace them. */
function stylesOf(colours: typeof DARK): Readonly<Record<string, string>> {
  return {
    ink: `fill:${colours.ink}`,
    soft: `fill:${colours.soft}`,
    page: `fill:${INK}`,
    line: `fill:none;stroke:${INK};stroke-width:1.5`,
    here: `fill:none;stroke:${colours.here};stroke-width:3`,
    badge: `fill:${colours.here}`,
    onHere: `fill:${colours.onHere}`,
    ...Object.fromEntries(KINDS.map((kind) => [kind, `fill:${colours[kind][0]};stroke:${colours[kind][1]}`])),
  };
}

function rules(colours: typeof DARK): string {
  const styles = Object.entries(stylesOf(colours));
  return styles.map(([name, style]) => `.picture .${name}{${style}}`).join('');
}

/** A picture's SVG with the light colours at each shape, for programs that know no style sheets. */
export function withoutStyleSheet(svg: string): string {
  const styles = stylesOf(LIGHT);
  return svg
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/ class="(\w+)"/g, (_, name: string) => (name in styles ? ` style="${styles[name]}"` : ''));
}

export function picture({
  id,
  alt,
  height,
  shapes,
}: {
  readonly id: string;
  readonly alt: string;
  readonly height: number;
  readonly shapes: readonly string[];
}): Picture {
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture" width="${WIDTH}" height="${height}" ` +
      `viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT_FAMILY}" font-size="${SIZE}" role="img">` +
      `<title>${escapeXml(alt)}</title>`,
    `<style>${rules(LIGHT)}@media (prefers-color-scheme:dark){${rules(DARK)}}</style>`,
    ...shapes,
    '</svg>',
  ].join('\n');
  return { id, alt, svg: `${svg}\n` };
}

export interface WordsOptions {
  readonly size?: number;
  readonly bold?: boolean;
  /** Which part of the words is at the point. */
  readonly anchor?: 'start' | 'middle' | 'end';
  /** What the words stand on: the page, a box (`soft`: its notes), or the badge "you are here". */
  readonly tone?: 'page' | 'ink' | 'soft' | 'onHere';
}

/** A line of words on the baseline at a point. */
export function words(
  [x, y]: Point,
  text: string,
  { size = SIZE, bold = false, anchor = 'start', tone = 'page' }: WordsOptions = {},
): string {
  const length = textWidth(text, size, bold).toFixed(1);
  return (
    `<text class="${tone}" x="${x}" y="${y}" font-size="${size}"${bold ? ' font-weight="700"' : ''} ` +
    `text-anchor="${anchor}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`
  );
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function rectangle({ x, y, width, height }: Box, kind: Kind, round = 0): string {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}"/>`;
}

const LINE = 18;

/** A box with lines of words in its middle, the first one bold. */
export function labelled(box: Box, kind: Kind, [title, ...notes]: readonly string[]): string {
  const x = box.x + box.width / 2;
  const top = box.y + box.height / 2 - (notes.length * LINE) / 2 + 5;
  return [
    rectangle(box, kind, 6),
    words([x, top], title, { bold: true, anchor: 'middle', tone: 'ink' }),
    ...notes.map((note, i) =>
      words([x, top + LINE * (i + 1)], note, { size: 13, anchor: 'middle', tone: 'soft' }),
    ),
  ].join('');
}

const HEAD = { length: 9, width: 4.5 };

/** A line through points, with a head at the last one. */
export function arrow(...points: readonly Point[]): string {
  const [[x0, y0], [x1, y1]] = points.slice(-2) as [Point, Point];
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const base: Point = [x1 - HEAD.length * ux, y1 - HEAD.length * uy];
  const side = (sign: number): string =>
    at([base[0] - sign * HEAD.width * uy, base[1] + sign * HEAD.width * ux]);
  return (
    `<path class="line" d="M${[...points.slice(0, -1), base].map(at).join('L')}"/>` +
    `<path class="page" d="M${at([x1, y1])}L${side(1)}L${side(-1)}Z"/>`
  );
}

function at(point: Point): string {
  return point.map((value) => Number(value.toFixed(1))).join(' ');
}

/** The pictures that explain the method: words that fit, numbers that are true, colours for both grounds. */
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import { JSDOM } from 'jsdom';
import { expect, test, vi } from 'vitest';
import { measured, type ComparisonTable } from '../../lib/src/experiments/measured';
import { svgPng } from '../../lib/src/report/display/svgPng';
import { chart, gainSplit, gainSplits, matrix } from '../../lib/src/report/figures';
import { renderSvg } from '../../lib/src/report/figures/renderSvg';
import { methodInPictures } from '../../lib/src/report/methodInPictures';
import {
  causalMask,
  chain,
  fineTuning,
  leaveOneOut,
  packing,
  tableTreatments,
  withoutStyleSheet,
} from '../../lib/src/report/pictures';
import type { Picture } from '../../lib/src/report/pictures';

const all = [
  chain(),
  chain('LF', 'PT'),
  chain('recommender'),
  chain('ranking'),
  leaveOneOut(),
  causalMask(),
  packing(),
  tableTreatments(),
  fineTuning(),
];

const { window } = new JSDOM('');

function elementOf({ svg }: Picture): Element {
  const document = new window.DOMParser().parseFromString(svg, 'image/svg+xml');
  expect(document.querySelector('parsererror')).toBeNull();
  return document.documentElement;
}

const number = (element: Element, name: string): number => Number(element.getAttribute(name));

interface Words {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function wordsOf(element: Element): Words[] {
  return Array.from(element.querySelectorAll('text'), (text) => {
    const [x, y, size, length] = ['x', 'y', 'font-size', 'textLength'].map((name) => number(text, name));
    const share = { start: 0, middle: 0.5, end: 1 }[text.getAttribute('text-anchor') as 'start'];
    const left = x - share * length;
    return {
      text: text.textContent as string,
      left,
      right: left + length,
      top: y - 0.75 * size,
      bottom: y + 0.22 * size,
    };
  });
}

const meet = (a: Words, b: Words): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

test.each(all.map((picture) => [picture.id, picture] as const))('%s', (_, picture) => {
  const element = elementOf(picture);
  expect(element.querySelector('title')?.textContent).toBe(picture.alt);
  expect(picture.svg).toContain('prefers-color-scheme:dark');
  const words = wordsOf(element);
  expect(words.length).toBeGreaterThan(5);
  // Nothing is cut off at the edge, and no words run into others.
  for (const { text, left, right, top, bottom } of words) {
    expect(left, text).toBeGreaterThanOrEqual(4);
    expect(right, text).toBeLessThanOrEqual(number(element, 'width') - 4);
    expect(top, text).toBeGreaterThanOrEqual(0);
    expect(bottom, text).toBeLessThanOrEqual(number(element, 'height'));
  }
  const meeting = words.flatMap((a, i) => words.slice(i + 1).filter((b) => meet(a, b)));
  expect(meeting.map(({ text }) => text)).toEqual([]);
});

const noFont = GlobalFonts.families.length === 0;
if (noFont) console.log('Skipped: a picture as PNG, which needs a font.');

test.skipIf(noFont)('a picture without its style sheet is a PNG too, in its own colours', async () => {
  const { svg } = chain();
  const flat = withoutStyleSheet(svg);
  expect(flat).not.toMatch(/<style>|class=/);
  const { 'image/png': png = '' } = await svgPng(flat);
  const image = await loadImage(Buffer.from(png, 'base64'));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  expect([image.width, image.height]).toEqual([840, 576]);
  // Inside the box of LF, and on the page, which shows through.
  const colourAt = (x: number, y: number): number[] => Array.from(context.getImageData(x, y, 1, 1).data);
  expect(colourAt(240, 60)).toEqual([0xd3, 0xe7, 0xf5, 255]);
  expect(colourAt(2, 2)).toEqual([0, 0, 0, 0]);
});

test('without a font there is no PNG, since it would have no words', async () => {
  vi.resetModules();
  vi.doMock('@napi-rs/canvas', () => ({ createCanvas, loadImage, GlobalFonts: { families: [] } }));
  const { svgPng: fresh } = await import('../../lib/src/report/display/svgPng');
  expect(await fresh(withoutStyleSheet(chain().svg))).toEqual({});
  vi.doUnmock('@napi-rs/canvas');
});

test('words in a box do not reach over its edge', () => {
  for (const picture of [chain(), fineTuning()]) {
    const element = elementOf(picture);
    const boxes = Array.from(element.querySelectorAll('rect[rx="6"]'), (box) => ({
      left: number(box, 'x'),
      right: number(box, 'x') + number(box, 'width'),
      top: number(box, 'y'),
      bottom: number(box, 'y') + number(box, 'height'),
    }));
    const inside = wordsOf(element).filter(({ left, right, top, bottom }) =>
      boxes.some((box) => top > box.top && bottom < box.bottom && left < box.right && right > box.left),
    );
    expect(inside.length).toBeGreaterThan(10);
    for (const { text, left, right } of inside)
      expect(
        boxes.some((box) => left > box.left + 2 && right < box.right - 2),
        text,
      ).toBe(true);
  }
});

test('marks where the reader is, and says so', () => {
  const count = (picture: Picture): number => elementOf(picture).querySelectorAll('.here').length;
  expect([chain(), chain('recommender'), chain('LF', 'PT')].map(count)).toEqual([0, 1, 2]);
  expect(chain('LF', 'PT').alt).toMatch(/You are here: LF, PT\.$/);
});

test('a place reads itself and what is before it', () => {
  const { alt, svg } = causalMask(['a', 'b', 'c']);
  expect(alt).toContain('To predict b the model reads a. To predict c the model reads a, b.');
  expect(svg.match(/>–</g)).toHaveLength(1);
});

test('packing counts what the library packs', () => {
  expect(packing([2, 2, 1], 3).alt).toContain('5 of 9 places hold an item. Packed, several to a row, 5 of 6');
});

test('the report has each picture once', () => {
  const ids = methodInPictures().flatMap((block) => ('picture' in block ? [block.picture.id] : []));
  expect(ids).toHaveLength(6);
  expect(new Set(ids).size).toBe(6);
});

const table = (id: string, cells: Record<string, number>): ComparisonTable => ({
  id,
  title: id,
  unit: '%',
  notes: [],
  columns: [],
  rows: ['Arts', 'Pantry'].map((dataset, d) => ({
    dataset,
    metric: 'N@10',
    cells: Object.fromEntries(Object.entries(cells).map(([c, v]) => [c, { ours: measured([v + d]) }])),
  })),
});
const columns = (LF: number, PT: number, FT: number, lexical: number): Record<string, number> => ({
  SAS: 30,
  'trainable.LF': LF,
  'trainable.PT': PT,
  'trainable.FT': FT,
  'trainable.lexical': lexical,
});

test('a gain is what the vectors say and their scale, and nothing else', async () => {
  const splits = gainSplits(table('own', columns(20, 29, 33, 36)), table('equal', columns(31, 32, 33, 34)));
  expect(splits.map(({ source, text, scale }) => [source, text, scale])).toEqual([
    ['LF', 1, -11],
    ['PT', 2, -3],
    ['FT', 3, 0],
    ['lexical', 4, 2],
  ]);
  expect(splits[1].byDomain).toEqual({ Arts: { text: 2, scale: -3 }, Pantry: { text: 2, scale: -3 } });
  const figure = gainSplit(splits, ['Arts', 'Pantry']);
  expect(figure.alt).toContain('LF +1.0 by what its vectors say, −11.0 by their scale');
  expect(await renderSvg(figure)).toContain('−11.0');
  expect(() => gainSplits(table('own', { SAS: 1 }), table('equal', columns(1, 2, 3, 4)))).toThrow(
    'gainSplits, own: expected a number for N@10 of trainable.LF on Arts, Pantry',
  );
});

test('a matrix says its numbers, and what is masked', async () => {
  const figure = matrix({
    title: 'Weights',
    rows: ['tea', 'tea'],
    columns: ['tea', 'honey'],
    values: [
      [1, null],
      [0.25, 0.75],
    ],
  });
  expect(figure.alt).toBe('Weights. tea: tea 1.00, honey masked. tea: tea 0.25, honey 0.75.');
  expect(await renderSvg(figure)).toContain('0.75');
});

test("a chart of one's own has the look of all figures", () => {
  const { id, data, layout } = chart({
    title: 'Loss, by step',
    alt: 'falls',
    data: [{ y: [2, 1] }],
    x: 'step',
    y: 'loss',
  });
  expect(id).toBe('loss-by-step');
  expect(data[0]).toMatchObject({ marker: { color: '#0072B2' }, line: { dash: 'solid' } });
  expect(layout.xaxis).toMatchObject({ title: { text: 'step' } });
});

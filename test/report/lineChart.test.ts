/** The small chart of a running training: what is drawn of which values, and words from outside. */
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { lineChart, type Panel, type Point } from '../../lib/src/report/display/lineChart';

const HOSTILE = '<script>alert(1)</script> & "quoted" $x^2$ \u001b[31m';

const chart = (points: readonly Point[], own: Partial<Panel> = {}, title = 'title'): string =>
  lineChart({
    title,
    note: 'note',
    alt: `alt of ${title}`,
    panels: [{ x: 'epoch', y: 'loss', points, ...own }],
  });
const parsed = (svg: string): Document => new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;
const texts = (svg: string): (string | null)[] =>
  [...parsed(svg).querySelectorAll('text')].map(({ textContent }) => textContent);
const dots = (svg: string): number => parsed(svg).querySelectorAll('circle').length;
const lines = (svg: string): number => parsed(svg).querySelectorAll('path[stroke-width="2"]').length;

test('equal values give equal bytes, with round numbers at the axes', () => {
  const points = Array.from({ length: 20 }, (_, i): Point => [i + 1, 4 / (i + 2)]);
  expect(chart(points)).toBe(chart(points));
  expect(texts(chart(points))).toEqual([
    'title',
    'note',
    '0.5',
    '1.0',
    '1.5',
    '2.0',
    '5',
    '10',
    '15',
    '20',
    'loss',
    'epoch',
  ]);
  expect([lines(chart(points)), dots(chart(points)), dots(chart(points.slice(0, 12)))]).toEqual([1, 0, 12]);
});

test('the marked point has a larger dot and a line down to the axis', () => {
  const svg = chart(
    [
      [1, 1],
      [2, 3],
      [3, 2],
    ],
    { marked: 2 },
  );
  expect([...parsed(svg).querySelectorAll('circle')].map((dot) => dot.getAttribute('r'))).toEqual([
    '3',
    '3',
    '3',
    '5',
  ]);
  expect(parsed(svg).querySelectorAll('path[stroke-dasharray]')).toHaveLength(1);
  expect(
    dots(
      chart(
        [
          [1, 1],
          [2, NaN],
        ],
        { marked: 2 },
      ),
    ),
  ).toBe(1);
});

test.each<[string, Point[], number, number]>([
  ['no epoch', [], 0, 0],
  ['one epoch', [[1, 0.5]], 0, 1],
  [
    'the same value twice',
    [
      [1, 0],
      [2, 0],
    ],
    1,
    2,
  ],
  [
    'a loss that is not a number',
    [
      [1, 3],
      [2, 2],
      [3, NaN],
      [4, null],
      [5, 2],
      [6, 1],
    ],
    2,
    4,
  ],
  [
    'nothing but such',
    [
      [1, NaN],
      [2, Infinity],
      [3, undefined],
    ],
    0,
    0,
  ],
  [
    'a loss that went astray',
    [
      [1, 3],
      [2, 2],
      [3, 1e30],
    ],
    1,
    2,
  ],
  [
    'a value next to nothing',
    [
      [1, 1e-300],
      [2, 2e-300],
    ],
    1,
    2,
  ],
  [
    'negative values',
    [
      [1, -3],
      [2, -2e-5],
    ],
    1,
    2,
  ],
])('%s is drawn without a wrong number', (_, points, lineCount, dotCount) => {
  const svg = chart(points);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
  expect([lines(svg), dots(svg)]).toEqual([lineCount, dotCount]);
});

test('words from outside stay words, and a long title is cut', () => {
  const svg = chart([[1, 1]], { x: HOSTILE, y: HOSTILE }, HOSTILE);
  const { document } = new JSDOM(svg).window;
  expect(document.querySelectorAll('script')).toHaveLength(0);
  expect(document.querySelector('svg')?.getAttribute('aria-label')).toBe(
    `alt of ${HOSTILE.replace('\u001b', '\u241b')}`,
  );
  expect(texts(svg).filter((text) => text === HOSTILE.replace('\u001b', '\u241b'))).toHaveLength(2);
  expect(
    [...document.querySelectorAll('text')]
      .flatMap(({ childNodes }) => [...childNodes])
      .some((node) => /\$.*\$/.test(node.textContent ?? '')),
  ).toBe(false);
  expect(texts(chart([], {}, 'wide '.repeat(100)))[0]).toMatch(/^(wide )+\S*\s?…$/);
});

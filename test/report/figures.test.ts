/**
 * Figures as static SVG: equal bytes for equal figures, stored pictures, and nothing of a label taken for
 * mark-up.
 */
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { measured } from '../../lib/src/experiments/measured';
import type { FractionPoint } from '../../lib/src/experiments/views/pretrainingSize';
import { figure2 } from '../../lib/src/report/figures/figure2';
import { plainText } from '../../lib/src/report/figures/figure';
import { renderSvg } from '../../lib/src/report/figures/renderSvg';
import { textWidth } from '../../lib/src/report/figures/textMetrics';
import { trainingCurves, type TrainingCurve } from '../../lib/src/report/figures/trainingCurves';

function curve(label: string, epochs: number, rate: number): TrainingCurve {
  const points = Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    loss: 1.4 / (1 + rate * i),
    validation: (0.3 * rate * i) / (1 + rate * i),
  }));
  return { label, domain: 'Pantry', epochs: points };
}

/** Width of a line's sample before its name in a legend, as Plotly draws it. */
const SYMBOL_WIDTH = 40;

const HOSTILE =
  '<script>alert(1)</script> <b>bold</b> $x^2$ & "quoted" <a href="javascript:alert(1)">link</a>';

test('training curves look as stored, whatever was drawn before', async () => {
  const figure = trainingCurves([
    curve('random table', 20, 0.1),
    curve('lexical table, frozen', 12, 0.2),
    curve('lexical table, trainable', 20, 0.3),
  ]);
  const svg = await renderSvg(figure);
  await renderSvg(trainingCurves([curve(HOSTILE, 3, 0.1)]));
  expect(await renderSvg(figure)).toBe(svg);
  await expect(svg).toMatchFileSnapshot(join(__dirname, 'snapshots', 'training-curves.svg'));
});

test('a short training has a marker at each epoch, a long one at the best alone', () => {
  const modes = (epochs: number): unknown[] => [
    ...new Set(
      trainingCurves([curve('one', epochs, 0.1), curve('other', 3, 0.2)]).data.map(({ mode }) => mode),
    ),
  ];
  expect([modes(12), modes(13)]).toEqual([
    ['lines+markers', 'markers'],
    ['lines', 'markers'],
  ]);
  const epochs = [0.1, 0.3, 0.2, 0.3].map((validation, i) => ({ epoch: i + 1, loss: 4 - i, validation }));
  const best = trainingCurves([{ label: 'one', domain: 'Pantry', epochs }]).data.filter(
    ({ mode }) => mode === 'markers',
  );
  expect(best.map(({ x, y, showlegend }) => [x, y, showlegend])).toEqual([
    [[2], [3], false],
    [[2], [30], false],
  ]);
});

test('a figure does not change when it is drawn', async () => {
  const figure = trainingCurves([curve('random table', 5, 0.1)]);
  const before = JSON.stringify(figure);
  await renderSvg(figure);
  expect(JSON.stringify(figure)).toBe(before);
});

test('the words of a label are drawn as they are', async () => {
  const svg = await renderSvg(trainingCurves([curve(HOSTILE, 3, 0.1), curve('other', 3, 0.2)]));
  const document = new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;
  expect(document.querySelectorAll('script, a, foreignObject')).toHaveLength(0);
  expect([...document.querySelectorAll('text.legendtext')].map((text) => text.textContent)).toEqual([
    HOSTILE,
    'other',
  ]);
});

test('texts in the legend do not run into each other', async () => {
  const svg = await renderSvg(
    trainingCurves([
      curve('a first model with a long name', 3, 0.1),
      curve('a second one', 3, 0.2),
      curve('the third', 3, 0.3),
    ]),
  );
  const document = new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;
  const spans = [...document.querySelectorAll('g.legend g.traces')].map((group) => {
    let [left, top] = [0, 0];
    for (
      let node: Element | null = group;
      node !== null && !node.matches('g.legend');
      node = node.parentElement
    ) {
      const [, x = 0, y = 0] =
        /translate\(([\d.]+),([\d.]+)/.exec(node.getAttribute('transform') ?? '')?.map(Number) ?? [];
      [left, top] = [left + x, top + y];
    }
    return {
      top,
      left,
      right: left + SYMBOL_WIDTH + Number(group.querySelector('text')?.getAttribute('textLength')),
    };
  });
  expect(spans).toHaveLength(3);
  for (const [i, { top, right }] of spans.slice(0, -1).entries()) {
    const next = spans[i + 1];
    expect(next.top > top + 12 || next.left >= right - 0.5).toBe(true);
  }
});

test('a loss that is not finite leaves a gap, not a wrong point', async () => {
  const diverged: TrainingCurve = {
    label: 'diverged',
    domain: 'Pantry',
    epochs: [
      { epoch: 1, loss: 1, validation: 0.1 },
      { epoch: 2, loss: null, validation: 0.1 },
    ],
  };
  expect(trainingCurves([diverged]).data[0].y).toEqual([1, null]);
  expect(await renderSvg(trainingCurves([diverged]))).not.toContain('NaN');
});

test('widths of text are those of Helvetica', () => {
  expect(textWidth('Helvetica', 1000)).toBe(722 + 556 + 222 + 500 + 556 + 278 + 222 + 500 + 556);
  expect(textWidth('', 12)).toBe(0);
  expect(textWidth('漢字', 10)).toBe(20);
  expect(textWidth('bold', 10, true)).toBeGreaterThan(textWidth('bold', 10));
});

test('plain text holds nothing that Plotly reads as mark-up', () => {
  expect(plainText('a & b < c > $d$')).toBe('a &amp; b &lt; c &gt; &#36;d&#36;');
});

test('Figure 2 looks as stored, its shares in order', async () => {
  const point = (domain: string, percent: number, mean: number): FractionPoint => ({
    domain,
    percent,
    sequences: percent * 10,
    updates: percent * 2,
    values: { 'H@10': measured([mean, mean + 1]), 'N@10': measured([mean / 2]) },
    ...(percent > 0 && {
      above: { 'H@10': { low: 2, high: 8, users: 40 }, 'N@10': { low: -1, high: 3, users: 40 } },
    }),
  });
  const figure = figure2([
    point('Pantry', 100, 30),
    point('Pantry', 0, 20),
    point('Pantry', 10, 26),
    point('Arts', 0, 22),
    point('Arts', 100, 25),
  ]);
  expect(figure.data[0].x).toEqual(['0', '10', '100']);
  expect(figure.data[0].error_y).toMatchObject({ array: [0, 3, 3] });
  expect((figure.data[0].text as string[])[1]).toBe(
    'Pantry, 10 %: 26.50 %<br>over 0 %, 95 % interval over 40 users: +2.00 to +8.00 points<br>' +
      '100 sequences, 20 updates',
  );
  expect(figure.data[1]).toMatchObject({
    x: ['100', '100', '0', '0', '10', '10'],
    y: [30, 31, 20, 21, 26, 27],
  });
  expect(figure.alt).toContain('Pantry from 10.0 % at 0 % to 15.0 % at 100 %');
  await expect(await renderSvg(figure)).toMatchFileSnapshot(join(__dirname, 'snapshots', 'figure-2.svg'));
});

test('figure 2 has the shares at equal updates as points of their own, if there are any', () => {
  const point = (percent: number, mean: number): FractionPoint => ({
    domain: 'Pantry',
    percent,
    sequences: percent * 10,
    updates: 200,
    values: { 'H@10': measured([mean]), 'N@10': measured([mean / 2]) },
  });
  const points = [point(0, 20), point(10, 26), point(100, 30)];
  const [line, equal, ...second] = figure2(points, [point(10, 28)]).data;
  expect([line.mode, equal.mode, equal.name, equal.x, equal.y]).toEqual([
    'lines+markers',
    'markers',
    'Pantry, equal updates',
    ['10'],
    [28],
  ]);
  expect(second).toHaveLength(2);
  expect(figure2(points, [point(10, 28)]).alt).toContain(
    'With as many updates as all data have: Pantry 14.0 % at 10 %.',
  );
  expect(figure2(points).data).toHaveLength(2);
});

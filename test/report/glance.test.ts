/** Table 3 at a glance. */
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { measured, type ComparisonTable } from '../../lib/src/experiments/measured';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders } from '../../lib/src/project';
import { glanceAt, glanceHtml, glanceText } from '../../lib/src/report/display/glance';

const row = (dataset: string, metric: string, sas: number, lf: number | undefined, paper: number) => ({
  dataset,
  metric,
  cells: {
    popularity: { ours: measured([5]) },
    SAS: { ours: measured([sas]), paper: 40 },
    LF: { ...(lf === undefined ? {} : { ours: measured([lf]) }), paper },
  },
});
const table: ComparisonTable = {
  id: 'table3',
  title: 'Table 3: item <tables>',
  unit: '%',
  columns: [
    { id: 'popularity', label: 'Popularity', group: 'No model' },
    { id: 'SAS', label: 'SAS' },
    { id: 'LF', label: 'LF', group: 'freeze' },
  ],
  rows: [
    row('Arts', 'H@10', 50, 60, 42),
    row('Arts', 'N@10', 20, 25, 44),
    row('Pantry', 'N@10', 10, 8, 30),
    row('Sports', 'N@10', 10, undefined, 50),
  ],
  notes: [],
};

test('variants are rows, datasets columns, gains over the random start; no ranking without a model', () => {
  const { title, datasets, rows } = glanceAt(table);
  expect(title).toBe('Table 3 at a glance: item <tables>, NDCG@10 (%)');
  expect(datasets).toEqual(['Arts', 'Pantry', 'Sports']);
  expect(rows.map(({ variant }) => variant)).toEqual(['SAS', 'freeze: LF']);
  expect(rows[0]).toMatchObject({ gain: undefined, paper: undefined });
  expect(rows[1].cells.map(({ value }) => value)).toEqual([25, 8, undefined]);
  expect(rows[1].cells.map(({ gain }) => gain?.toFixed(6))).toEqual(['25.000000', '-20.000000', undefined]);
  expect(rows[1].gain).toBeCloseTo(2.5, 9);
  expect(rows[1].paper).toBeCloseTo((10 - 25 + 25) / 3, 9);
});

test('a gain is shaded by its side and size, and written for those who see no shade', () => {
  const { document } = new JSDOM(glanceHtml(glanceAt(table))).window;
  const cells = [...document.querySelectorAll('tbody tr:last-child td')];
  expect(cells.map(({ textContent }) => textContent)).toEqual([
    'freeze: LF',
    '+2.5',
    '+3.3',
    '25.0+25.0',
    '8.0−20.0',
    '–',
  ]);
  expect(cells[3].getAttribute('style')).toContain('rgba(0, 114, 178, 0.31)');
  expect(cells[4].getAttribute('style')).toContain('rgba(213, 94, 0, 0.25)');
  expect(cells[5].getAttribute('style')).not.toContain('background');
  expect(glanceText(glanceAt(table))).toMatch(
    /^freeze: LF +\+2\.5 +\+3\.3 +25\.0 \(\+25\.0\) +8\.0 \(−20\.0\) +–/m,
  );
});

test('another metric, and what cannot be compared', () => {
  expect(glanceAt(table, 'H@10').rows[1].gain).toBeCloseTo(20, 9);
  expect(() => glanceAt(table, 'H@11')).toThrow(/unknown metric "H@11".*Did you mean "H@10"/);
  expect(() => glanceAt({ ...table, columns: table.columns.slice(2) })).toThrow(/glance, table3/);
});

test('the committed results leave no cell of it empty', async () => {
  const session = openResults(join(folders.results, 'mini.json'));
  for (const backbone of ['SASRec', 'BERT4Rec'] as const) {
    const { rows, datasets } = glanceAt(await session.table3(backbone));
    expect(datasets).toHaveLength(5);
    expect(rows.every(({ cells }) => cells.every(({ value }) => value !== undefined))).toBe(true);
  }
});

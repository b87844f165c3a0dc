/** `elephant show`: tables and Figure 2 as Markdown, CSV, LaTeX and JSON, from a results file. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatTable, tableData, type TableData } from '../../lib/src/report/tableData';

const root = join(__dirname, '../..');
const results = join(root, 'data/results/mini.json');
const show = (...args: string[]): string =>
  execFileSync('node', [join(root, 'lib/bin/elephant.js'), 'show', ...args], { encoding: 'utf8' });

const TABLE = tableData({
  id: 'table3-SASRec',
  title: 'A & B',
  unit: '%',
  notes: [],
  columns: [
    { id: 'oracle', label: 'Oracle' },
    { id: 'SAS', label: 'SAS' },
  ],
  rows: [
    {
      dataset: 'Arts, "fine"',
      metric: 'N@10',
      cells: {
        oracle: { ours: { mean: 50.125, spread: undefined, values: [50.125] } },
        SAS: { ours: { mean: 30, spread: 0.5, values: [29.5, 30.5] }, paper: 51.59 },
      },
    },
    { dataset: 'Arts, "fine"', metric: 'H@10', cells: { SAS: { paper: 68.54 } } },
  ],
});

describe('a table in other forms', () => {
  it('as JSON has means, spreads and printed numbers by the names of the columns', () => {
    expect(TABLE).toEqual({
      title: 'A & B',
      unit: '%',
      columns: ['Oracle', 'SAS'],
      rows: [
        {
          dataset: 'Arts, "fine"',
          metric: 'N@10',
          values: { Oracle: { mean: 50.125 }, SAS: { mean: 30, spread: 0.5, paper: 51.59 } },
        },
        { dataset: 'Arts, "fine"', metric: 'H@10', values: { Oracle: {}, SAS: { paper: 68.54 } } },
      ],
    });
    expect(JSON.parse(formatTable(TABLE, 'json'))).toEqual(TABLE);
  });

  it('as CSV has a line per number, quoted where it must be', () => {
    expect(formatTable(TABLE, 'csv').split('\n').slice(0, 3)).toEqual([
      'dataset,metric,column,mean,spread,paper',
      '"Arts, ""fine""",N@10,Oracle,50.125,,',
      '"Arts, ""fine""",N@10,SAS,30,0.5,51.59',
    ]);
  });

  it('has counts as they are', () => {
    const counts: TableData = {
      title: 'T',
      unit: '',
      columns: ['users'],
      rows: [{ dataset: 'Arts', metric: '', values: { users: { mean: 600, paper: 56_210 } } }],
    };
    expect(formatTable(counts, 'md')).toContain('| Arts |  | 600 (56210) |');
  });

  it('as LaTeX and Markdown escapes what the form would take as markup', () => {
    expect(formatTable(TABLE, 'latex')).toContain('\\caption{A \\& B (ours');
    expect(formatTable(TABLE, 'latex')).toContain('30.00 $\\pm$ 0.50 (51.59)');
    expect(formatTable(TABLE, 'md')).toContain('| N@10 | 50.13 | 30.00 ± 0.50 (51.59) |');
  });
});

describe('elephant show', () => {
  it('prints what the committed results hold', () => {
    const table = JSON.parse(show('table3', '--results', results, '--json')) as TableData;
    expect(table.columns).toEqual(
      expect.arrayContaining([
        'Popularity',
        'Transition',
        'Oracle',
        'SAS',
        'REC',
        'trainable.FT',
        'trainable.lexical',
      ]),
    );
    expect(
      table.rows.find(({ dataset, metric }) => dataset === 'Arts' && metric === 'N@10')?.values.SAS,
    ).toMatchObject({ paper: 51.59, mean: expect.any(Number) as number });
    expect(show('figure2', '--results', results, '--format', 'csv')).toMatch(
      /^dataset,metric,column,mean,spread,paper\nPantry,H@5,0,/,
    );
  });

  it.each([
    [['table6'], 'unknown table "table6"'],
    [['table4', '--backbone', 'BERT4Rec', '--results', results], '--backbone: is for table3'],
    [['table4', '--results', results, '--profile', 'study'], 'cannot be combined with --results'],
    [['table3', '--format', 'excel'], 'unknown format "excel"'],
  ])('%j: %s', (args, message) => {
    const { status, stderr } = spawnSync('node', [join(root, 'lib/bin/elephant.js'), 'show', ...args], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('elephant show user', () => {
  it('prints the user that the results keep, as text and as JSON', () => {
    expect(show('user', 'Pantry', '17', '--results', results)).toMatch(
      /^User 17 of Pantry [^]*RECFORMER: What/,
    );
    const { models } = JSON.parse(show('user', 'Pantry', '17', '--results', results, '--json')) as {
      models: { rank: number }[];
    };
    expect(models.map(({ rank }) => rank > 0)).toEqual([true, true, true]);
  });

  it.each([
    [['user'], /expected a domain and a number/],
    [['user', 'Pantry', 'x'], /show user, number: expected a whole number of at least 0, got "x"/],
    [['user', 'Pantry', '17', '--format', 'csv'], /of user is md or json, got csv/],
    [['table3', 'Pantry'], /expected nothing after table3, got "Pantry"/],
  ])('%j is refused', (given, message) => {
    const { status, stderr } = spawnSync(
      'node',
      [join(root, 'lib/bin/elephant.js'), 'show', ...given, '--results', results],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

/** `elephant show`: tables and figures' data as Markdown, CSV, LaTeX and JSON, from a results file. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { SHOWN_NAMES, shownData } from '../../lib/src/report/shownData';
import { tableData, type TableData } from '../../lib/src/report/tableData';
import { formatTable, TABLE_FORMATS } from '../../lib/src/report/tableFormats';
import { elephant } from '../support/elephant';

const root = join(__dirname, '../..');
const results = join(root, 'data/results/mini.json');
const show = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await elephant('show', ...args);
  expect([code, err]).toEqual([0, '']);
  return out;
};

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
        SAS: {
          ours: { mean: 30, spread: 0.5, values: [29.5, 30.5] },
          paper: 51.59,
          gain: { low: -1, high: 2, users: 9 },
        },
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
          values: {
            Oracle: { mean: 50.125 },
            SAS: { mean: 30, spread: 0.5, paper: 51.59, gain: { low: -1, high: 2, users: 9 } },
          },
        },
        { dataset: 'Arts, "fine"', metric: 'H@10', values: { Oracle: {}, SAS: { paper: 68.54 } } },
      ],
    });
    expect(JSON.parse(formatTable(TABLE, 'json'))).toEqual(TABLE);
  });

  it('as CSV has a line per number, quoted if necessary', () => {
    expect(formatTable(TABLE, 'csv').split('\n').slice(0, 3)).toEqual([
      'dataset,metric,column,mean,spread,paper,low,high,users',
      '"Arts, ""fine""",N@10,Oracle,50.125,,,,,',
      '"Arts, ""fine""",N@10,SAS,30,0.5,51.59,-1,2,9',
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

describe('the data of figures', () => {
  /** Of the profile study, whose results are not committed. */
  const NOWHERE = ['equalUpdates'];
  const files = ['mini', 'when', 'worlds', 'unrelated', 'seeds', 'real'].map((name) =>
    join(root, 'data/results', `${name}.json`),
  );

  it.each(SHOWN_NAMES.filter((name) => !NOWHERE.includes(name)))('%s is in a results file', async (name) => {
    // The first file that has it.
    const data = await Promise.any(files.map((file) => shownData(openResults(file), name, {})));
    const [csv, json, md, latex] = (['csv', 'json', 'md', 'latex'] as const).map((format) =>
      formatTable(data, format),
    );
    const lines = 'unit' in data ? data.rows.length * data.columns.length : data.rows.length;
    expect(csv.split('\n')).toHaveLength(lines + 2);
    expect((JSON.parse(json) as TableData).rows).toHaveLength(data.rows.length);
    expect(md.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(data.rows.length + 1);
    expect(latex.split('\n').filter((line) => line.endsWith('\\\\'))).toHaveLength(data.rows.length + 1);
    expect([csv, json, md, latex].join('')).not.toMatch(/undefined|NaN|\[object/);
  });

  it('as rows: words at the left, no number as a dash or an empty cell', () => {
    const data = {
      title: 'Claims',
      columns: ['claim', 'effect'],
      rows: [
        ['a < b_c', 12.34567],
        ['a < b_c', null],
      ],
    };
    expect(TABLE_FORMATS.map((format) => formatTable(data, format).split('\n').slice(-6))).toEqual([
      ['', '| claim | effect |', '|---|---:|', '| a \\< b\\_c | 12.35 |', '| a \\< b\\_c | – |', ''],
      ['claim,effect', 'a < b_c,12.34567', 'a < b_c,', ''],
      [
        '    a \\textless{} b\\_c & 12.35 \\\\',
        '     & – \\\\',
        '    \\bottomrule',
        '  \\end{tabular}',
        '\\end{table}',
        '',
      ],
      ['   "claim": "a < b_c",', '   "effect": null', '  }', ' ]', '}', ''],
    ]);
  });

  it('is of one domain if asked so, and an error if the profile has none of it', async () => {
    const [mini, when] = files.map(openResults);
    const { rows } = await shownData(mini, 'trainingCurves', { domain: 'Arts' });
    expect(new Set(rows.map((row) => (row as string[])[0]))).toEqual(new Set(['Arts']));
    await expect(shownData(mini, 'coldItems', { domain: 'Art' })).rejects.toThrow(
      'show coldItems: unknown domain "Art". Did you mean "Arts"?',
    );
    await expect(shownData(when, 'trainingCurves', {})).rejects.toThrow(
      'show trainingCurves: the profile when has nothing for it',
    );
  });
});

describe('elephant show', () => {
  it('prints what the committed results hold', async () => {
    const table = JSON.parse(await show('table3', '--results', results, '--json')) as TableData;
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
    expect(await show('figure2', '--results', results, '--format', 'csv')).toMatch(
      /^dataset,metric,column,mean,spread,paper,low,high,users\nPantry,H@5,0,/,
    );
  });

  it("prints a figure's data", async () => {
    expect(await show('scoreboard', '--results', results, '--format', 'csv')).toMatch(
      /^section,claim,verdict,effect,low,high,p,users,paper,statement\n3\.3 \(1\),none-worst,reproduced,\d/,
    );
    expect((await show('figure1', '--results', results, '--format', 'csv')).split('\n')[1]).toMatch(
      /^Pantry,Longformer,0,0,0,<s>,0,0\.\d+$/,
    );
    expect(await show('learningRates', 'Pantry', '--results', results)).toContain('| Pantry | SAS | 0.001 |');
  });

  it.each([
    [['table6'], 'unknown table or figure "table6"'],
    [['table4', '--backbone', 'BERT4Rec', '--results', results], '--backbone: is for table3'],
    [['table4', '--results', results, '--profile', 'study'], 'cannot be combined with --results'],
    [['table3', '--format', 'excel'], 'unknown format "excel"'],
  ])('%j: %s', async (args, message) => {
    const { code, err } = await elephant('show', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('elephant show user', () => {
  it('prints the user that the results keep, as text and as JSON', async () => {
    expect(await show('user', 'Pantry', '17', '--results', results)).toMatch(
      /^User 17 of Pantry [^]*RECFORMER: What/,
    );
    const { models } = JSON.parse(await show('user', 'Pantry', '17', '--results', results, '--json')) as {
      models: { rank: number }[];
    };
    expect(models.map(({ rank }) => rank > 0)).toEqual([true, true, true]);
  });

  it.each([
    [['user'], /expected a domain and a number/],
    [['user', 'Pantry', 'x'], /show user, number: expected a whole number of at least 0, got "x"/],
    [['user', 'Pantry', '17', '--format', 'csv'], /of user is md or json, got csv/],
    [['table3', 'Pantry'], /expected nothing after table3, got "Pantry"/],
  ])('%j is refused', async (given, message) => {
    const { code, err } = await elephant('show', ...given, '--results', results);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

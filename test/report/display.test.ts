/** Tables, sentences and words from outside, as HTML, Markdown and text. */
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { measured, type ComparisonTable } from '../../lib/src/experiments/measured';
import { coldItemsTable } from '../../lib/src/report/display/coldItemsTable';
import { compareColumns } from '../../lib/src/report/display/compareColumns';
import {
  comparisonHtml,
  comparisonLegend,
  comparisonText,
  wideHint,
} from '../../lib/src/report/display/comparisonTable';
import { cutComparison, cutTable } from '../../lib/src/report/display/cut';
import { decisionsHtml, decisionsMarkdown } from '../../lib/src/report/display/decisionLinks';
import { equalUpdatesTable, outOfReach } from '../../lib/src/report/display/equalUpdates';
import { escapeHtml, escapeMarkdown, visible } from '../../lib/src/report/display/escape';
import { manySeedsTable, singleTrainings } from '../../lib/src/report/display/manySeedsTable';
import { seedVariation } from '../../lib/src/report/display/seedVariation';
import { tableHtml, tableMarkdown, tableText } from '../../lib/src/report/display/table';
import { pattern } from '../pattern';

const HOSTILE = '<script>alert("1")</script> $x^2$ **bold** [a](b) `c` | \u001b[31mred\u001b[0m \u202eevil';
const SHOWN = '<script>alert("1")</script> $x^2$ **bold** [a](b) `c` | \u241b[31mred\u241b[0m \u2426evil';

const comparison: ComparisonTable = {
  id: 'table3',
  title: 'Table 3',
  unit: '%',
  columns: [
    { id: 'SAS', label: 'SAS', group: 'SASRec' },
    { id: 'freeze', label: 'LF', group: 'Init' },
    { id: 'trainable', label: 'PT', group: 'Init' },
  ],
  rows: [
    {
      dataset: HOSTILE,
      metric: 'N@10',
      cells: { SAS: { ours: measured([10, 12]), paper: 27.4 }, freeze: { ours: measured([12]) } },
    },
    { dataset: HOSTILE, metric: 'H@10', cells: { SAS: { ours: measured([30]) }, freeze: { paper: 43.48 } } },
    {
      dataset: 'Arts',
      metric: 'N@10',
      cells: { SAS: { ours: measured([20]) }, freeze: { ours: measured([16]) } },
    },
  ],
  notes: [],
};

function texts(html: string, selector: string): (string | null)[] {
  return [...new JSDOM(html).window.document.querySelectorAll(selector)].map(
    (element) => element.textContent,
  );
}

test('words from outside stay words in HTML', () => {
  const { document } = new JSDOM(`<p>${escapeHtml(HOSTILE)}</p>`).window;
  expect(document.querySelectorAll('script')).toHaveLength(0);
  expect(document.querySelector('p')?.textContent).toBe(SHOWN);
  // No text node holds a whole formula.
  expect(
    [...(document.querySelector('p')?.childNodes ?? [])].some((node) =>
      /\$.*\$/.test(node.textContent ?? ''),
    ),
  ).toBe(false);
});

test('no text node of a title begins a formula that JupyterLab would typeset', () => {
  const title = 'Soap \\(x^2\\) \\[y\\] \\begin{align}z\\end{align}';
  const { document } = new JSDOM(`<p>${escapeHtml(title)}</p>`).window;
  expect(document.body.textContent).toBe(title);
  const texts = [...document.querySelectorAll('*')].flatMap((element) =>
    [...element.childNodes]
      .filter(({ nodeType }) => nodeType === 3)
      .map(({ textContent }) => textContent ?? ''),
  );
  expect(texts.filter((text) => /\\[([]|\\begin/.test(text))).toEqual([]);
});

test('one long title does not make every line of a table as long', () => {
  const rows = Array.from({ length: 300 }, (_, i) => [i === 7 ? 'x'.repeat(100_000) : 'short', i]);
  const text = tableText({ columns: ['title', 'n'], rows });
  expect(text.length).toBeLessThan(100_000);
  expect(text).toContain(`${'x'.repeat(199)}…`);
});

test('right-to-left words are kept apart from what stands beside them', () => {
  expect(escapeHtml('שלום 12')).toBe('<bdi>שלום 12</bdi>');
  expect(escapeHtml('plain 12')).toBe('plain 12');
});

test('words from outside stay words in Markdown', () => {
  expect(escapeMarkdown('a | b\n# c *d* <i> $e$')).toBe(
    'a \\| b # c \\*d\\* &lt;i&gt; <span>$</span>e<span>$</span>',
  );
});

test('control characters are shown, tabs and newlines kept', () => {
  expect(visible('a\u0007b\tc\nd\u009b')).toBe('a\u2407b\tc\nd\u2426');
});

test('a table has its numbers to the right and its words to the left', () => {
  const table = {
    columns: ['name', 'n'],
    rows: [
      ['a', 1],
      ['bb', -22.5],
    ],
    caption: 'Title',
  } as const;
  expect(tableText(table)).toBe('Title\nname      n\na         1\nbb    -22.5');
  expect(tableMarkdown(table)).toBe('**Title**\n\n| name | n |\n|---|---:|\n| a | 1 |\n| bb | -22.5 |');
  const cells = [...new JSDOM(tableHtml(table)).window.document.querySelectorAll('td')];
  expect(cells.map((cell) => cell.getAttribute('align'))).toEqual(['left', 'right', 'left', 'right']);
  // Numbers stay whole; words and headings may break on a narrow page.
  expect(
    tableHtml(table)
      .match(/<t[dh][^>]*nowrap[^>]*>[^<]*/g)
      ?.map((cell) => cell.split('>')[1]),
  ).toEqual(['1', '-22.5']);
});

test("a comparison has our mean and spread, the paper's number, and dashes if there is neither", () => {
  const html = comparisonHtml(comparison);
  expect(texts(html, 'tbody td')).toEqual([
    SHOWN,
    'N@10',
    '11.00±1.41paper\u00a027.40',
    '12.00',
    '–',
    'H@10',
    '30.00',
    '–paper\u00a043.48',
    '–',
    'Arts',
    'N@10',
    '20.00',
    '16.00',
    '–',
  ]);
  expect(texts(html, 'tbody td:not([rowspan]) > b')).toEqual(['12.00', '30.00', '20.00']);
  const rows = [...new JSDOM(html).window.document.querySelectorAll('tr')];
  const widths = rows.slice(2).map((row) => row.children.length);
  expect(widths).toEqual([5, 4, 5]);
  expect(comparisonText(comparison)).toContain('11.00 ± 1.41 (27.40)');
});

test('how far a seed can be trusted comes from the cells of NDCG@10 with several seeds', () => {
  const row = (metric: string, ...cells: number[][]): ComparisonTable['rows'][number] => ({
    dataset: 'Arts',
    metric,
    cells: Object.fromEntries(cells.map((values, i) => [`c${i}`, { ours: measured(values) }])),
  });
  // Relative variances .02 with one degree of freedom and .01 with two: (.02 + 2 * .01) / 3.
  const rows = [row('N@10', [9, 11], [90, 100, 110], [5]), row('H@10', [1, 100])];
  expect(seedVariation({ ...comparison, rows })).toMatch(/deviation of 11\.5 % [^]*2 cells[^]*than 32\.0 %/);
  expect(comparisonLegend({ ...comparison, rows })).toMatch(/Over seeds, N@10/);
  expect(seedVariation({ ...comparison, rows: [row('N@10', [5]), row('H@10', [1, 2])] })).toBe(undefined);
});

test('the legend promises a spread if there are several seeds', () => {
  const oneSeed: ComparisonTable = {
    ...comparison,
    rows: [{ dataset: 'Arts', metric: 'N@10', cells: { SAS: { ours: measured([20]), paper: 10 } } }],
  };
  expect(comparisonLegend(comparison)).toMatch(
    pattern(
      /^Each cell: our mean, below it ± the standard deviation over seeds, /,
      /then the number printed in the paper. Bold: /,
    ),
  );
  expect(comparisonLegend(oneSeed)).toMatch(
    /^Each cell: our number, and below it the one printed in the paper. Bold: /,
  );
  expect(comparisonLegend({ ...oneSeed, unit: '' })).toBe(
    'Each cell: our number, and below it the one printed in the paper.',
  );
});

test('a cell says on which side of the base it lies, and whether the paper has it there too', () => {
  const cell = (ours: number, paper?: number) => ({ ours: measured([ours]), paper });
  const marked: ComparisonTable = {
    ...comparison,
    columns: ['oracle', 'SAS', 'a', 'b', 'c', 'd', 'e'].map((id) => ({ id, label: id })),
    rows: [
      {
        dataset: 'Arts',
        metric: 'N@10',
        cells: {
          oracle: cell(90),
          SAS: cell(20, 10),
          a: cell(30, 11),
          b: cell(30, 9),
          c: cell(10, 9),
          d: cell(10, 11),
          e: cell(30),
        },
      },
    ],
  };
  const html = comparisonHtml(marked);
  expect(texts(html, 'td > small:first-child')).toEqual(['▲', '△', '▼', '▽']);
  expect(texts(html, 'tbody td > b')).toEqual(['Arts', '30.00', '30.00', '30.00']);
});

test('a table of counts has no metric column, no decimals and no best', () => {
  const counts: ComparisonTable = {
    ...comparison,
    unit: '',
    columns: [
      { id: 'users', label: '# User' },
      { id: 'length', label: 'Avg. len' },
    ],
    rows: [
      {
        dataset: 'Arts',
        metric: '',
        cells: { users: { ours: measured([600]), paper: 45486 }, length: { ours: measured([7.25]) } },
      },
    ],
  };
  expect(texts(comparisonHtml(counts), 'tbody td')).toEqual(['Arts', '600paper\u00a045486', '7.25']);
  expect(texts(comparisonHtml(counts), 'thead tr:first-child th')).toEqual(['Dataset', '']);
});

test("the line about a comparison's cells names only what they have", () => {
  const [full, , single] = comparison.rows;
  const legend = (...rows: typeof comparison.rows): string => comparisonLegend({ ...comparison, rows });
  expect(legend(full)).toMatch(
    pattern(
      /^Each cell: our mean, below it ± the standard deviation over seeds, /,
      /then the number printed in the paper\. Bold.*▲ and ▼: above and below SAS/,
    ),
  );
  expect(legend(single)).toBe('Each cell: our number. Bold: the best of ours in its row.');
  expect(
    comparisonLegend({ ...comparison, columns: [{ id: 'oracle', label: 'Oracle' }], rows: [single] }),
  ).toBe('Each cell: our number. Bold: the best of ours in its row, without the oracle.');
  expect(legend({ ...single, cells: { SAS: { ours: measured([20]), paper: 19 } } })).toMatch(
    /^Each cell: our number, and below it the one printed in the paper\. Bold.*▲/,
  );
  expect(comparisonLegend({ ...comparison, unit: '', rows: [single] })).toBe('Each cell: our number.');
});

test('a table that a page may cut names its last column, so that one sees whether it is', () => {
  const wide = (count: number): ComparisonTable => ({
    ...comparison,
    columns: Array.from({ length: count }, (_, i) => ({ id: `c${i}`, label: `c${i}`, group: 'Control' })),
  });
  expect(wideHint(wide(9), 'notebook')).toBeUndefined();
  expect(wideHint(wide(9), 'page')).toBe(
    '9 columns, the last one Control: c8; if they do not fit, scroll sideways (the bar is below the ' +
      'table).',
  );
});

test('a comparison of columns counts and averages only what was measured for both', () => {
  expect(compareColumns(comparison, 'freeze', 'SAS', 'N@10')).toBe(
    'Init: LF: N@10 14.00 on average, 9.7 % below SASRec: SAS (15.50); higher on 1 of 2 datasets.',
  );
  expect(compareColumns(comparison, 'trainable', 'SAS', 'N@10')).toContain(
    'no dataset has a number for both',
  );
  expect(() => compareColumns(comparison, 'freze', 'SAS', 'N@10')).toThrow(
    /unknown column "freze".*Did you mean "freeze"/,
  );
  expect(() => compareColumns(comparison, 'freeze', 'SAS', 'N@11')).toThrow(/unknown metric "N@11"/);
});

test('a share at equal updates stands between the share at equal epochs and all data', () => {
  const point = (percent: number, updates: number, values: number[]) => ({
    domain: 'Pantry',
    percent,
    sequences: percent,
    updates,
    values: { 'N@10': measured(values) },
  });
  const table = equalUpdatesTable(
    [point(0, 0, [1]), point(10, 20, [10, 12]), point(100, 200, [15, 15])],
    [point(10, 200, [13, 15])],
    'study',
  );
  expect(table.rows).toEqual([
    ['Pantry', '10 %, equal epochs', 10, 20, '11.00 ± 1.41'],
    ['Pantry', '10 %, equal updates', 10, 200, '14.00 ± 1.41'],
    ['Pantry', '100 %', 100, 200, '15.00 ± 0.00'],
  ]);
  expect(table.caption).toMatch(/mean over seeds ± standard deviation \(study\)/);
  expect(equalUpdatesTable([], [point(10, 200, [13])], 'smoke').caption).toMatch(
    /^Less data or fewer updates\? NDCG@10 in % \(smoke\)\./,
  );
});

test('shares out of reach are named with what they would leave', () => {
  expect(outOfReach([])).toBeUndefined();
  expect(outOfReach([{ percent: 0.01, sequences: 0 }])).toBe(
    "Out of reach here: the paper's share 0.01 %, which would leave 0 of the sequences.",
  );
  expect(
    outOfReach([
      { percent: 0.01, sequences: 0 },
      { percent: 0.1, sequences: 1 },
    ]),
  ).toMatch(/shares 0\.01 % and 0\.1 %, which would leave 0 and 1 of/);
});

test('groups of cold items are joined over domains, each user counting once', () => {
  const group = (column: string, domain: string, name: string, users: number, values: number[]) => ({
    column,
    domain,
    group: name,
    users,
    ndcg: measured(values),
  });
  const table = coldItemsTable([
    group('SAS', 'Arts', '3-5 times', 30, [10, 20]),
    group('SAS', 'Pantry', '1-2 times', 5, [4, 4]),
    group('SAS', 'Pantry', '3-5 times', 10, [50, 60]),
    group('REC', 'Arts', '3-5 times', 30, [8]),
    group('REC', 'Pantry', '1-2 times', 5, [2]),
    group('REC', 'Pantry', '3-5 times', 10, [4]),
  ]);
  expect(table.columns).toEqual(['target trained on', 'users', 'SAS', 'REC']);
  expect(table.rows).toEqual([
    ['1-2 times', 5, '4.00 ± 0.00', '2.00'],
    ['3-5 times', 40, '25.00 ± 7.07', '7.00'],
  ]);
});

test('many seeds: the spread of each column, and how many pairs of trainings have the means’ order', () => {
  const of = (column: string, ...values: number[]) => ({ domain: 'Arts', column, ndcg: measured(values) });
  const cells = [of('SAS', 10, 12, 20), of('trainable.FT', 13, 15, 17)];
  expect(manySeedsTable(cells).rows).toEqual([
    ['Arts', 'SAS', 3, '14.0', '5.3', '10.0', '20.0'],
    ['Arts', 'trainable.FT', 3, '15.0', '2.0', '13.0', '17.0'],
  ]);
  expect(singleTrainings(cells)).toEqual([
    'On the mean of the seeds trainable.FT is above SAS; of 9 pairs of single trainings, 6 say so.',
  ]);
});

test('a cut keeps what the text speaks of, and the whole is a click away', () => {
  const cut = cutComparison(comparison, { columns: ['trainable', 'SAS'], metrics: ['N@10'] });
  expect(cut.columns.map(({ id }) => id)).toEqual(['trainable', 'SAS']);
  expect(cut.rows.map(({ metric }) => metric)).toEqual(['N@10', 'N@10']);
  expect(() => cutComparison(comparison, { columns: ['SASS'] })).toThrow(
    /show\.table, table3: unknown column "SASS"\. Did you mean "SAS"/,
  );
  expect(() => cutComparison(comparison, { metrics: ['N@11'] })).toThrow(/unknown metric "N@11"/);
  const plain = { columns: ['a', 'b'], rows: [['x', 1]], caption: 'Long.' };
  expect(cutTable(plain, { columns: ['b'] })).toEqual({ columns: ['b'], rows: [[1]] });
  expect(() => cutTable(plain, { columns: ['c'] })).toThrow(/unknown column "c"/);
});

test('numbers of decisions are links, and no other words are', () => {
  expect(decisionsHtml('the reading (D36) of D363', '../')).toBe(
    'the reading (<a href="../docs/decisions.md#d36">D36</a>) of D363',
  );
  expect(decisionsMarkdown('loss (D12, D43)')).toBe(
    'loss ([D12](docs/decisions.md#d12), [D43](docs/decisions.md#d43))',
  );
});

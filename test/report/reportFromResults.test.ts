/**
 * The report from a results file: the same bytes as from the session that the file was made of, and what a
 * check finds.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { resultsPath, resultsText } from '../../lib/src/experiments/results/exportResults';
import { open } from '../../lib/src/experiments/results/open';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { formatResults, readResults } from '../../lib/src/experiments/results/resultsFile';
import { profile } from '../../lib/src/experiments/profiles';
import { folders, projectRoot } from '../../lib/src/project';
import { chooseParts } from '../../lib/src/report/chooseParts';
import { PARTS } from '../../lib/src/report/parts';
import { comparisonLegend } from '../../lib/src/report/display/comparisonTable';
import { paperRepro } from '../../lib/src/report/paperRepro';
import { renderParts, reportContent } from '../../lib/src/report/renderReport';
import { notebooksOf } from '../../lib/src/report/notebooks';
import { freshFolder } from '../support/folders';

const FILE = join(folders.results, 'mini.json');
/** The committed ones. */
const RESULTS = readdirSync(folders.results).filter((name) => name !== 'smoke.json');
let folder: string;
beforeAll(() => void (folder = freshFolder()));

const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

test('what is read from a results file is written again to the byte', async () => {
  const text = readFileSync(FILE, 'utf8');
  expect(await resultsText(openResults(FILE))).toBe(text);
  expect(text.length).toBeLessThan(2e6);
});

test.each(RESULTS)('%s, whenever it was written, gives a report without gaps', async (name) => {
  const text = paperRepro(await reportContent(openResults(join(folders.results, name))));
  expect(text.split('\n').filter((line) => /undefined|NaN/.test(line))).toEqual([]);
});

test.each(RESULTS)('%s: the sentences about Table 3 name only columns that it has', async (name) => {
  const session = openResults(join(folders.results, name));
  if (!session.profile.tables.includes('table3')) return;
  for (const backbone of session.profile.backbones) {
    const table = await session.table3(backbone);
    const words = [comparisonLegend(table), ...table.notes].join(' ');
    for (const column of ['oracle', 'lexical']) {
      expect(new RegExp(column, 'i').test(words), `${backbone}, ${column}`).toBe(
        table.columns.some(({ id }) => id.endsWith(column)),
      );
    }
  }
});

test('an option beside a results file is refused, not ignored', () => {
  expect(() => open({ results: FILE, set: ['recommender.seeds=[1, 2]'] })).toThrow(
    /open set: cannot be combined with the results file .*mini\.json/,
  );
  vi.stubEnv('ELEPHANT_RESULTS', 'data/results/mini.json');
  try {
    expect(() => open({ profile: 'smoke' })).toThrow(/open profile: [^]*Start without ELEPHANT_RESULTS/);
    expect(open().profile.name).toBe('mini');
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a change of one number changes the report, equal results do not', async () => {
  const report = async (file: string): Promise<string> => paperRepro(await reportContent(openResults(file)));
  const text = readFileSync(FILE, 'utf8');
  const [before, again] = [await report(FILE), await report(written('same.json', text))];
  expect(again).toBe(before);
  const changed = await report(
    written('changed.json', text.replace(/(?<="table1\(\)".*"None":\{"ours":\{"mean":)[\d.]+/, '99.5')),
  );
  expect(changed).not.toBe(before);
  expect(changed).toContain('99.50');
});

const store = process.env.ELEPHANT_STORE;
if (store === undefined)
  console.log('results of a store: skipped, ELEPHANT_STORE names no store of a complete profile');
test.skipIf(store === undefined)(
  'results exported from a store give the report of the store to the byte',
  async () => {
    // Stages are found by the hash of their compiled code, so all of this is the compiled library's.
    const compiled = <T>(name: string): T =>
      createRequire(__filename)(join(projectRoot, 'lib', 'dist', name)) as T;
    const { openProfile } = compiled<typeof import('../../lib/src/experiments/openProfile')>(
      'experiments/openProfile.js',
    );
    const { resultsText } = compiled<typeof import('../../lib/src/experiments/results/exportResults')>(
      'experiments/results/exportResults.js',
    );
    const { openResults } = compiled<typeof import('../../lib/src/experiments/results/fileAnswers')>(
      'experiments/results/fileAnswers.js',
    );
    const { reportContent } =
      compiled<typeof import('../../lib/src/report/renderReport')>('report/renderReport.js');
    const session = openProfile({ profile: process.env.ELEPHANT_PROFILE ?? 'mini', store });
    const exported = openResults(written('exported.json', await resultsText(session)));
    expect(paperRepro(await reportContent(exported))).toBe(paperRepro(await reportContent(session)));
  },
);

test('a session of results answers single columns, other choices of them, and defaults', async () => {
  const session = openResults(FILE);
  const { domains } = session.profile;
  expect((await session.table3()).id).toBe('table3-SASRec');
  expect(
    (await session.trainingCurves(domains[1], ['trainable.PT', 'SAS'])).map(({ label, domain }) => [
      label,
      domain,
    ]),
  ).toEqual([
    ['trainable.PT', domains[1]],
    ['SAS', domains[1]],
  ]);
  expect(await session.trainingCurves()).toHaveLength(4);
  expect((await session.figure1())[0].attention).toBeInstanceOf(Float32Array);
});

test('what the results do not hold is refused with its name', async () => {
  const session = openResults(FILE);
  await expect(session.nearestItems('Pantry', 'FT', 9)).rejects.toThrow(
    /nearestItems\("Pantry", "FT", 9, 5\): these results do not have it/,
  );
  await expect(session.dataset('Pantry')).rejects.toThrow(/nothing can be computed from a results file/);
});

test.each([
  [
    'is absent',
    () => join(folder, 'none.json'),
    /expected a results file, got none\. elephant run --profile none/,
  ],
  ['is cut short', () => written('cut.json', '{"format": 2, "prof'), /not valid JSON/],
  ['is of another format', () => written('old.json', '{"format": 0}'), /expected results of format 2, got 0/],
  ['is no object', () => written('null.json', 'null'), /expected results of format 2, got null/],
])('a results file that %s is named', (_, file, message) => {
  expect(() => readResults(file())).toThrow(message);
});

test('numbers that are not finite are not written', () => {
  expect(() => formatResults({ profile: profile('smoke'), answers: { 'table1()': { mean: NaN } } })).toThrow(
    /table1\(\), mean: expected a finite number/,
  );
});

test('results of a profile with overrides have no file', () => {
  expect(resultsPath(profile('smoke', ['recommender.seeds=[2]']))).toBeUndefined();
  expect(resultsPath(profile('smoke'))).toBe(join(folders.results, 'smoke.json'));
});

test('parts are chosen by name and by section; others are refused with the nearest', () => {
  expect(chooseParts({ only: 'table3' })).toEqual({
    parts: [PARTS.find(({ name }) => name === 'table3')],
    sections: ['4.3'],
  });
  expect(chooseParts({ section: '4.3' }).parts.map(({ name }) => name)).toEqual([
    'table3',
    'real',
    'manySeeds',
    'training',
  ]);
  expect(chooseParts({ section: '4.1' })).toEqual({ parts: [], sections: ['4.1'] });
  expect(() => chooseParts({ only: 'tabel3' })).toThrow(/unknown part "tabel3".*Did you mean "table3"/);
  expect(() => chooseParts({ section: '4.7' })).toThrow(/unknown section "4.7".*Did you mean "4\.\d"/);
});

test('a profile runs the notebooks that it has results for; a part without results says so', async () => {
  expect(notebooksOf(profile('mini')).leftOut).toEqual([]);
  const without = notebooksOf(profile('mini', ['attention.domains=[]']));
  expect(without.leftOut).toEqual(['03-2-attention']);
  expect(notebooksOf(profile('real')).files.map((file) => basename(file, '.ipynb'))).toEqual([
    '01-sasrec-by-hand',
    '02-losses-and-ranking',
    '04-3-main-results',
    '05-conclusion',
    'A-engine',
  ]);
  expect(notebooksOf(profile('real'), ['3.2'])).toEqual({ files: [], leftOut: ['03-2-attention'] });
  const { blocks, files } = await renderParts(
    openResults(join(folders.results, 'real.json')),
    chooseParts({ only: 'figure1' }).parts,
  );
  expect(blocks).toEqual([{ text: 'Profile real has nothing for the part figure1.' }]);
  expect(files.size).toBe(0);
});

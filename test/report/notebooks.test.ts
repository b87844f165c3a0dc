/** The list of the report's notebooks, and parts of the report on a terminal. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders, projectRoot } from '../../lib/src/project';
import { blockText } from '../../lib/src/report/blockText';
import { notebookFiles, NOTEBOOKS } from '../../lib/src/report/notebooks';
import { chooseParts } from '../../lib/src/report/chooseParts';
import { renderParts } from '../../lib/src/report/renderReport';

const { status, stdout } = spawnSync('git', ['ls-files', 'notebooks/*.ipynb'], {
  cwd: projectRoot,
  encoding: 'utf8',
});
const committed = stdout?.split('\n').filter(Boolean) ?? [];
if (status !== 0) console.log('notebooks: the list is not compared with what is committed, without git');

test.skipIf(status !== 0)('every committed notebook is in the list, in the order of their names', () => {
  expect(NOTEBOOKS.map(({ name }) => `notebooks/${name}.ipynb`)).toEqual(committed);
});

test('the list does not look into the folder, which may hold others', () => {
  expect(notebookFiles()).toHaveLength(NOTEBOOKS.length);
});

test('on a terminal a part is text, without mark-up', async () => {
  const session = openResults(join(folders.results, 'mini.json'));
  const { blocks } = await renderParts(session, chooseParts({ section: '4.5' }).parts);
  const text = blocks.map(blockText).join('\n\n');
  expect(text).toMatch(/^Table 5/);
  expect(text).not.toMatch(/<\/?\w+|&nbsp;/);
  const { blocks: figures } = await renderParts(session, chooseParts({ only: 'table1' }).parts);
  expect(figures.map(blockText).join('\n')).toContain('(figures/layer-sets.svg)');
});

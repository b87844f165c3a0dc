/** The notebooks that follow the paper: where each stands in the chain, and that none repeats another. */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { notebookFiles } from '../../lib/src/report/notebooks';

const BUILDING = /^(00|01|02|03-0)-/;
const HERE = '*You are here* ([the chain](00-tour.ipynb))';
const CHAIN = 'LF → PT → FT → item table → recommender';

const notebooks = notebookFiles()
  .map((file) => ({ name: basename(file), cells: readNotebook(file).cells }))
  .filter(({ name }) => !BUILDING.test(name));

test.each(notebooks)('$name says where it is in the chain, and shows its finding first', ({ cells }) => {
  const [title, first] = cells;
  const [heading, line] = title.source.split('\n\n');
  expect(heading).toMatch(/^# (\d(\.\d)?|A\.) /);
  expect(line.replaceAll('**', '')).toMatch(`${HERE}: ${CHAIN}`);
  expect(first.cell_type).toBe('code');
  expect(first.source).toMatch(/show\.(list|text)\(/);
});

test('no paragraph stands in two of them', () => {
  const paragraphs = notebooks.flatMap(({ cells }) =>
    cells
      .filter(({ cell_type }) => cell_type === 'markdown')
      .flatMap(({ source }) =>
        source.split('\n\n').filter((text) => text.length > 70 && !text.includes(HERE)),
      ),
  );
  expect(paragraphs.filter((text, i) => paragraphs.indexOf(text) !== i)).toEqual([]);
});

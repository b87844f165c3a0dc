/**
 * A cell asks for a view in plain words: open() itself shows how long it takes (report/open.ts). One that
 * trains a recommender watches it by show.training.
 */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { codeCells } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { notebookFiles } from '../../lib/src/report/notebooks';

test.each(notebookFiles().map((file) => [basename(file), file]))('%s', (_, file) => {
  const { cells } = readNotebook(file);
  const sources = cells.map(({ source }) => source).filter((source) => !source.includes('show.training('));
  expect(sources.filter((source) => /watching|undefined, /.test(source))).toEqual([]);
  const lines = codeCells(readNotebook(file)).flatMap(({ source }) => source.split('\n'));
  expect(lines.filter((line) => line.includes('show.progress('))).toEqual([]);
});

/** Code in notebooks keeps to the width of all code here. */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { codeCells } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { notebookFiles } from '../../lib/src/report/notebooks';

const WIDTH = 110;

test.each(notebookFiles().map((file) => [basename(file), file]))('%s', (_, file) => {
  const lines = codeCells(readNotebook(file)).flatMap(({ source }) => source.split('\n'));
  expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
});

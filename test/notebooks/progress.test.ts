/**
 * What a notebook's cell may have to train it computes under a progress display, which also ends it when the
 * cell is interrupted.
 */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { VIEWS } from '../../lib/src/experiments/results/calls';
import { codeCells } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { notebookFiles } from '../../lib/src/report/writeReport';

/** These take what a cell before them has computed, or data alone, which are there in a moment. */
const AT_ONCE: readonly string[] = ['provenance', 'nearestItems', 'itemRows'];

test.each(notebookFiles().map((file) => [basename(file), file]))('%s', (_, file) => {
  const lines = codeCells(readNotebook(file)).flatMap(({ source }) => source.split('\n'));
  const waiting = lines.filter((line) =>
    VIEWS.some((view) => !AT_ONCE.includes(view) && line.includes(`session.${view}(`)),
  );
  expect(waiting.filter((line) => !/show\.progress\(.*\.\.\.watching\)/.test(line))).toEqual([]);
});

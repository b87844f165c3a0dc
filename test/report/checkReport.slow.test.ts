/** `report --check` with other results than the committed ones. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders } from '../../lib/src/project';
import { checkReport } from '../../lib/src/report/checkReport';
import { freshFolder } from '../support/folders';

test('a check of other results than the committed ones names them as the cause', async () => {
  const folder = freshFolder();
  const other = join(folder, 'other.json');
  const results = readFileSync(join(folders.results, 'mini.json'), 'utf8');
  writeFileSync(other, results.replace(/(?<="table1\(\)".*"None":\{"ours":\{"mean":)[\d.]+/, '99.5'));
  const mismatch = await checkReport(openResults(other));
  expect(mismatch?.cause).toBe('results');
  expect(mismatch?.problems).toContainEqual(
    expect.stringMatching(/^paper-repro\.md: differs from line \d+ on$/),
  );
  rmSync(folder, { recursive: true });
});

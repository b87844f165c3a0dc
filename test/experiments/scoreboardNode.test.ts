import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { PAPER_TABLES_FILE } from '../../lib/src/experiments/paper';
import { profile } from '../../lib/src/experiments/profiles';
import { experiment } from '../../lib/src/experiments/experiment';

vi.mock('../../lib/src/experiments/paper', async (original) => {
  const { freshFolder } = await import('../support/folders');
  return {
    ...(await original<typeof import('../../lib/src/experiments/paper')>()),
    PAPER_TABLES_FILE: join(freshFolder(), 'paper-tables.json'),
  };
});

test('the scoreboard is computed again if a number of the paper is changed', async () => {
  const original = await vi.importActual<typeof import('../../lib/src/experiments/paper')>(
    '../../lib/src/experiments/paper',
  );
  const key = (): string => experiment(profile('smoke')).scoreboard().key;
  copyFileSync(original.PAPER_TABLES_FILE, PAPER_TABLES_FILE);
  const before = key();
  expect(key()).toBe(before);
  writeFileSync(
    PAPER_TABLES_FILE,
    readFileSync(PAPER_TABLES_FILE, 'utf8').replace(/\d(?=\D*$)/, (digit) =>
      String((Number(digit) + 1) % 10),
    ),
  );
  expect(key()).not.toBe(before);
});

/** An old Node.js is told in one line, by the command and by who imports the library. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../lib/src/project';
import { freshFolder } from '../support/folders';
import { COMMAND } from '../support/elephant';

const OLD =
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });";
const MESSAGE = 'elephant: expected Node.js 20.19 or newer, got 18.20.4. Install it from nodejs.org';

function underOld(...args: string[]): Promise<{ code: unknown; err: string }> {
  const preload = join(freshFolder(), 'old.cjs');
  writeFileSync(preload, OLD);
  return new Promise((resolve) => {
    execFile(process.execPath, ['--require', preload, ...args], (error, _, err) =>
      resolve({ code: error?.code ?? 0, err }),
    );
  });
}

test('the command says it and no more', async () => {
  const { code, err } = await underOld(COMMAND, '--help');
  expect([code, err]).toEqual([2, `${MESSAGE}\n`]);
});

test('importing the library says it', async () => {
  const index = JSON.stringify(join(projectRoot, 'lib', 'dist', 'index.js'));
  for (const code of [`require(${index})`, `import(${index})`]) {
    const { code: exit, err } = await underOld('-e', code);
    expect(exit).toBe(1);
    expect(err).toContain(`Error: ${MESSAGE}\n`);
  }
});

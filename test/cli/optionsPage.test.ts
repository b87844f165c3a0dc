/** docs/options.md says what the schemas say. UPDATE=1 rewrites it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optionsPage, UPDATE_COMMAND } from '../../lib/src/cli/optionsPage';
import { projectRoot } from '../../lib/src/project';

const docs = join(projectRoot, 'docs');

test('docs/options.md is up to date', () => {
  const file = join(docs, 'options.md');
  if (process.env.UPDATE === '1') writeFileSync(file, optionsPage());
  expect(readFileSync(file, 'utf8'), `out of date; rewrite it with: ${UPDATE_COMMAND}`).toBe(optionsPage());
});

test('every decision that an option names is one of docs/decisions.md', () => {
  const decisions = readFileSync(join(docs, 'decisions.md'), 'utf8');
  const named = [...optionsPage().matchAll(/\[(D\d+)\]/g)].map(([, decision]) => decision);
  expect(named.length).toBeGreaterThan(20);
  for (const decision of named) expect(decisions).toContain(`\n### ${decision}\n`);
});

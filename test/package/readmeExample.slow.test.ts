/** README's example for one's own data trains and recommends as it stands there. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectRoot } from '../../lib/src/project';
import { notebookFolder } from '../notebookFolder';

test("the example for one's own data", async () => {
  const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const example = /(?:^    .*\n)*^    .*readOwn\('shop\/'\).*\n(?:^    .*\n)*/m.exec(readme)?.[0] ?? '';
  const folder = notebookFolder();
  try {
    const items = ['comb', 'soap', ...Array.from({ length: 10 }, (_, i) => `thing ${i}`)];
    const events = Array.from({ length: 30 }, (_, u) =>
      Array.from({ length: 6 }, (_, t) => `u${u},${items[(u + t) % items.length]},${1e9 + 1000 * t}`),
    ).flat();
    mkdirSync(join(folder.path, 'shop'));
    writeFileSync(
      join(folder.path, 'shop', 'interactions.csv'),
      ['user,item,time', ...events, ''].join('\n'),
    );
    writeFileSync(
      join(folder.path, 'shop', 'items.csv'),
      ['item,title,brand,category', ...items.map((item) => `${item},A ${item},B,C`), ''].join('\n'),
    );
    writeFileSync(join(folder.path, 'shop.mjs'), example);
    const { stdout } = await promisify(execFile)(process.execPath, ['shop.mjs'], { cwd: folder.path });
    const printed = /^(?:0\.\d+|1) \[\n(\s+\{ item: '.+', score: .+ \},?\n){5}\]/m;
    expect(stdout.search(printed)).toBe(0);
    // The same with the lines for a cell, which print their first and last state outside a notebook.
    const page = readFileSync(join(projectRoot, 'docs', 'real-data.md'), 'utf8');
    const line = /^    (const run = await show\.training\([^]*?\);)$/m.exec(page)?.[1] ?? '';
    writeFileSync(
      join(folder.path, 'cell.mjs'),
      example.replace('import { ', 'import { show, ').replace(/^ *const run = .*$/m, () => line),
    );
    const cell = await promisify(execFile)(process.execPath, ['cell.mjs'], { cwd: folder.path });
    expect(cell.stdout).toMatch(
      /^SASRec, shop: starting\nSASRec, shop: \d+ epochs; best validation .* marked\n/,
    );
    expect(cell.stdout).toMatch(printed);
  } finally {
    folder.remove();
  }
});

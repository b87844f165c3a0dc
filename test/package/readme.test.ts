/** What the README tells to type: the example for one's own data trains and recommends as it stands there. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { notebookFolder } from '../notebookFolder';

test("the example for one's own data", async () => {
  const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const example = /(?:^    .*\n)*^    .*readOwn\('shop\/'\).*\n(?:^    .*\n)*/m.exec(readme)?.[0] ?? '';
  const folder = notebookFolder();
  try {
    const items = ['comb', 'soap', ...Array.from({ length: 10 }, (_, i) => `thing ${i}`)];
    const events = Array.from({ length: 30 }, (_, u) => Array.from({ length: 6 }, (_, t) => `u${u},${items[(u + t) % items.length]},${1e9 + 1000 * t}`)).flat();
    mkdirSync(join(folder.path, 'shop'));
    writeFileSync(join(folder.path, 'shop', 'interactions.csv'), ['user,item,time', ...events, ''].join('\n'));
    writeFileSync(join(folder.path, 'shop', 'items.csv'), ['item,title,brand,category', ...items.map((item) => `${item},A ${item},B,C`), ''].join('\n'));
    writeFileSync(join(folder.path, 'shop.mjs'), example);
    const { stdout } = await promisify(execFile)(process.execPath, ['shop.mjs'], { cwd: folder.path });
    expect(stdout).toMatch(/^0\.\d+ \[\n(\s+\{ item: '.+', score: .+ \},?\n){5}\]/);
  } finally {
    folder.remove();
  }
});

/** Every example runs as it stands, with the package's public names alone. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/src/project';

const folder = join(projectRoot, 'examples');
const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.mjs'),
);
/** Waits for calls: test/package/serve.test.ts runs it. */
const SERVER = 'serve/serve.mjs';
const scripts = all.filter((file) => file !== SERVER);
/** What an example prints, of which a reader is told in examples/README.md. */
const PRINTS: Record<string, RegExp> = {
  'shop/shop.mjs': /^0\.\d{4}\n(\S.* -?\d+\.\d{3}\n){3}$/,
  'own-loss/bpr.mjs': /^(b\w+: loss \d\.\d{3} to \d\.\d{3}, test NDCG@10 \d\.\d{4}\n){2}$/,
  'sasrec-forward/forward.mjs': /user 1: scores .*\n\{ 'HR@1': [^]*'NDCG@2': 0\.\d+ \}\n$/,
};

describe('examples', () => {
  test.each(scripts)('%s', async (script) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, script)]);
    expect(stdout).toMatch(PRINTS[script] ?? /\S/);
  });

  test('are all listed', () => {
    const listed = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const script of all) expect(listed).toContain(`](${script})`);
    expect(scripts).toEqual(expect.arrayContaining(Object.keys(PRINTS)));
  });

  test('import nothing of the library but its public names', () => {
    for (const script of scripts) {
      const names = [...readFileSync(join(folder, script), 'utf8').matchAll(/from '(elephant[^']*)'/g)].map(
        ([, name]) => name,
      );
      expect(names.length).toBeGreaterThan(0);
      for (const name of names)
        expect(name).toMatch(/^elephant(\/(engine|models|training|evaluation|data))?$/);
    }
  });
});

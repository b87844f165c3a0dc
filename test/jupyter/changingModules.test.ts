/** A kernel that is open while modules come, change and go: an installation, or a build of the library. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KernelClient } from '../../lib/src/jupyter/kernel/kernelClient';
import { freshFolder } from '../support/folders';

/** TypeScript does not watch folders near the root of the disk. */
const folder = join(freshFolder(), 'deep', 'below', 'it');
mkdirSync(folder, { recursive: true });
let kernel: KernelClient;
beforeAll(async () => void (kernel = await KernelClient.start({ cwd: folder })));
afterAll(() => kernel?.close());

async function printed(code: string): Promise<string> {
  let text = '';
  await kernel.execute(code, (type, content) => {
    if (type === 'stream') text += String(content.text);
  });
  return text;
}

function write(name: string, value: string): void {
  const module = join(folder, 'node_modules', name);
  mkdirSync(module, { recursive: true });
  writeFileSync(join(module, 'package.json'), `{"name":"${name}","version":"1.0.0","types":"index.d.ts"}`);
  writeFileSync(join(module, 'index.js'), `exports.value = ${value};`);
  writeFileSync(join(module, 'index.d.ts'), 'export declare const value: number;');
}

/** TypeScript waits for a quarter of a second after a change. */
const noticed = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 700));

it('keeps working after a module that it uses was rewritten, and after it is gone', async () => {
  write('first', '1');
  expect(await printed("import { value as one } from 'first'; console.log(one);")).toBe('1\n');
  write('first', '1');
  await noticed();
  expect(await printed('console.log(one + 1);')).toBe('2\n');
  rmSync(join(folder, 'node_modules', 'first'), { recursive: true });
  await noticed();
  expect(await printed('console.log("goes on");')).toBe('goes on\n');
});

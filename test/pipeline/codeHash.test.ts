import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

async function hashOf(file: string): Promise<string> {
  vi.resetModules();
  const { codeHash } = await import('../../lib/src/pipeline/codeHash');
  return codeHash(file);
}

test('the code hash follows imports, and only imports', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'elephant-code-'));
  const put = (name: string, code: string): void => writeFileSync(join(folder, name), code);
  put(
    'stage.ts',
    "import { a } from './a';\nimport { readFileSync } from 'node:fs';\nexport { a, readFileSync };\n",
  );
  put('a.ts', "export * from './b';\nexport const a = 1;\n");
  put('b.ts', '// import "./missing";\nexport const b = 2;\n');
  put('unrelated.ts', 'export {};\n');
  const stage = join(folder, 'stage.ts');
  const before = await hashOf(stage);
  put('unrelated.ts', 'export const changed = true;\n');
  expect(await hashOf(stage)).toBe(before);
  put('b.ts', 'export const b = 3;\n');
  expect(await hashOf(stage)).not.toBe(before);
});

test('an import that cannot be resolved is an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'elephant-code-'));
  writeFileSync(join(folder, 'stage.ts'), "import './gone';\n");
  await expect(hashOf(join(folder, 'stage.ts'))).rejects.toThrow('gone');
});

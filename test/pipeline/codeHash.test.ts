import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test, vi } from 'vitest';
import { withoutComments } from '../../lib/src/pipeline/codeHash';
import { projectRoot } from '../../lib/src/project';
import { freshFolder } from '../support/folders';

async function hashOf(file: string): Promise<string> {
  vi.resetModules();
  const { codeHash } = await import('../../lib/src/pipeline/codeHash');
  return codeHash(file);
}

test('the code hash follows imports, and only imports', async () => {
  const folder = freshFolder();
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
  put('b.ts', '/**\n * Says more.\n */\n// And more.\nexport const b = 2;\n');
  expect(await hashOf(stage)).toBe(before);
  put('b.ts', 'export const b = 3;\n');
  expect(await hashOf(stage)).not.toBe(before);
});

test('an import that cannot be resolved is an error', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'stage.ts'), "import './gone';\n");
  await expect(hashOf(join(folder, 'stage.ts'))).rejects.toThrow('gone');
});

/** The code's tokens, comments left out. */
function tokens(code: string): string[] {
  const file = ts.createSourceFile('file.js', code, ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const parts = node.getChildren(file).filter((part) => !ts.isJSDoc(part));
    if (parts.length === 0) found.push(node.getText(file));
    parts.forEach(visit);
  };
  visit(file);
  return found;
}

test('of the library’s code, nothing but comments stays out of the hash', () => {
  const compiled = join(projectRoot, 'lib', 'dist');
  const names = readdirSync(compiled, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.js'));
  expect(files.length).toBeGreaterThan(100);
  const changed = files.filter((name) => {
    const code = readFileSync(join(compiled, name), 'utf8');
    return tokens(code).join('\n') !== tokens(withoutComments(code)).join('\n');
  });
  expect(changed).toEqual([]);
});

test('the comparison notices a line of text that looks like a comment', () => {
  const code = 'const text = `\n// kept\n`;\n';
  expect(tokens(withoutComments(code))).not.toEqual(tokens(code));
});

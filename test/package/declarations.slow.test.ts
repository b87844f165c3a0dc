/**
 * What notebooks import must type-check under the compiler that tslab brings (TypeScript 5.0.4, node10
 * resolution).
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as TypeScript from 'typescript';
import { expect, test } from 'vitest';

const root = join(__dirname, '..', '..');

test("the declarations of the compiled library type-check under tslab's TypeScript", () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const ts = require('@tslab/typescript-for-tslab') as typeof TypeScript;
  expect(ts.version).toBe('5.0.4');
  const dist = join(root, 'lib', 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.d.ts'),
  );
  expect(files.length).toBeGreaterThan(10);
  const program = ts.createProgram(
    files.map((name) => join(dist, name)),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      types: ['node'],
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    },
  );
  const ours = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || file.fileName.startsWith(dist));
  const messages = ours.map(
    ({ file, messageText }) =>
      `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
  expect(messages).toEqual([]);
});

test("the package's parts are found by tslab's module resolution", () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const ts = require('@tslab/typescript-for-tslab') as typeof TypeScript;
  const options = { moduleResolution: ts.ModuleResolutionKind.Node10 };
  for (const part of ['', '/engine', '/models', '/training', '/evaluation', '/data', '/text']) {
    const from = join(root, 'notebooks', 'cell.ts');
    const { resolvedModule } = ts.resolveModuleName(`elephant${part}`, from, options, ts.sys);
    expect(resolvedModule?.resolvedFileName, part).toMatch(/lib\/dist\/(index|api\/\w+)\.d\.ts$/);
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    expect(Object.keys(require(`elephant${part}`) as object).length).toBeGreaterThan(3);
  }
});

/**
 * The examples in docstrings (@example), which docs/api shows: all of them type-check against the compiled
 * library, and those that need nothing from outside the repository run.
 */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pattern } from '../pattern';
import { freshFolder } from '../support/folders';

const root = join(__dirname, '..', '..');
const source = join(root, 'lib', 'src');

const examples = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort()
  .flatMap((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(/\* @example\n *\* ```ts\n([^]*?)\n *\* ```/g)].map(
      ([, block], i) => ({ name: `${name} ${i + 1}`, code: block.replace(/^ *\* ?/gm, '') }),
    ),
  );

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
};

test('the examples of docstrings type-check', () => {
  expect(examples.length).toBeGreaterThan(30);
  const path = (i: number): string => join(__dirname, `example${i}.ts`);
  const codes = new Map(examples.map(({ code }, i) => [path(i), `${code}\nexport {};\n`]));
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => codes.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const code = codes.get(file);
    return code === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, code, rest[0]);
  };
  const program = ts.createProgram([...codes.keys()], OPTIONS, host);
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const i = [...codes.keys()].indexOf(file?.fileName ?? '');
    return `${examples[i]?.name ?? file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(faults).toEqual([]);
});

/** What needs fetched models or real data, and what takes seconds: examples/ and other tests do that. */
const NOT_RUN = pattern(
  /data\/(models|raw)|readItemTable|openRecommender|trainRecommender|/,
  /trainInParallel|learningRateGrid|show\.figure/,
);

describe('the example of', () => {
  const before = process.cwd();
  beforeAll(() => {
    const folder = freshFolder();
    symlinkSync(join(root, 'examples'), join(folder, 'examples'));
    process.chdir(folder);
  });
  afterAll(() => process.chdir(before));

  test.each(examples.filter(({ code }) => !NOT_RUN.test(code)))('$name runs', async ({ code }) => {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { ...OPTIONS, module: ts.ModuleKind.CommonJS, noEmit: false },
    });
    const silent = [
      vi.spyOn(console, 'log').mockReturnValue(undefined),
      vi.spyOn(process.stdout, 'write').mockReturnValue(true),
    ];
    try {
      const run = new Function('require', 'exports', `return (async () => {${outputText}})()`) as (
        ...given: unknown[]
      ) => Promise<void>;
      await run(createRequire(join(root, 'package.json')), {});
    } finally {
      for (const spy of silent) spy.mockRestore();
    }
  });
});

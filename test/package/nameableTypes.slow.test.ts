/**
 * What a notebook's cell gets from the library has a type that the cell can name. tslab writes a declaration
 * for each cell; a type that its module does not export ends the cell with "cannot be named".
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type * as TypeScript from 'typescript';
import { notebookFolder } from '../notebookFolder';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const ts = require('@tslab/typescript-for-tslab') as typeof TypeScript;
const root = join(__dirname, '../..');
const { exports: entries } = JSON.parse(readFileSync(join(root, 'lib/package.json'), 'utf8')) as {
  exports: Record<string, unknown>;
};
const PACKAGES = Object.keys(entries)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => join('elephant', entry));

const OPTIONS: TypeScript.CompilerOptions = {
  strict: true,
  declaration: true,
  emitDeclarationOnly: true,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  target: ts.ScriptTarget.ES2020,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
};

it('every result of a public function, and each of its parts, has a name', () => {
  const { path: folder, remove } = notebookFolder();
  const file = join(folder, 'cell.ts');
  const imports = PACKAGES.map((name, i) => `import * as m${i} from '${name}';\n`).join('');
  try {
    writeFileSync(file, `${imports}export { ${PACKAGES.map((_, i) => `m${i}`).join(', ')} };\n`);
    const lines = cellsFor(ts.createProgram([file], OPTIONS), file);
    expect(lines.length).toBeGreaterThan(500);
    writeFileSync(file, imports + lines.join('\n'));
    const problems = ts
      .createProgram([file], OPTIONS)
      .getDeclarationDiagnostics()
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
      .filter((message) => message.includes('has or is using name'));
    expect([...new Set(problems)]).toEqual([]);
  } finally {
    rmSync(file, { force: true });
    remove();
  }
});

/** A line for the result of each function and each method of an object, and one that takes it apart. */
function cellsFor(program: TypeScript.Program, file: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file)!;
  const typeOf = (symbol: TypeScript.Symbol): TypeScript.Type =>
    checker.getTypeOfSymbolAtLocation(symbol, source);
  const lines: string[] = [];
  const results = (expression: string, type: TypeScript.Type): void => {
    const [signature] = type.getCallSignatures();
    if (signature === undefined) return;
    const given = checker.getReturnTypeOfSignature(signature);
    const result = checker.getAwaitedType(given) ?? given;
    const name = `v${lines.length}`;
    lines.push(`export const ${name} = null! as Awaited<ReturnType<typeof ${expression}>>;`);
    if (checker.isArrayType(result)) lines.push(`export const [${name}_first] = ${name};`);
    else if (!signature.typeParameters && result.flags & ts.TypeFlags.Object) {
      const parts = result.getProperties().filter((part) => /^[A-Za-z_]\w*$/.test(part.name));
      const taken = parts.map((part) => `${part.name}: ${name}_${part.name}`).join(', ');
      if (taken !== '') lines.push(`export const { ${taken} } = ${name};`);
    }
  };
  const methods = (expression: string, type: TypeScript.Type): void => {
    for (const part of type.getProperties())
      if (/^\w+$/.test(part.name)) results(`${expression}.${part.name}`, typeOf(part));
  };
  PACKAGES.forEach((_, i) => {
    const { moduleSpecifier } = source.statements[i] as TypeScript.ImportDeclaration;
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(moduleSpecifier)!)) {
      const [expression, type] = [`m${i}.${symbol.name}`, typeOf(symbol)];
      results(expression, type);
      if (type.getCallSignatures().length + type.getConstructSignatures().length === 0)
        methods(expression, type);
      if (symbol.name !== 'open') continue;
      lines.push(`export const session = null! as ReturnType<typeof ${expression}>;`);
      methods('session', checker.getReturnTypeOfSignature(type.getCallSignatures()[0]));
    }
  });
  return lines;
}

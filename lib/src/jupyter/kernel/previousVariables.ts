/**
 * Variables of earlier cells in object literals and patterns. tslab turns each variable into a property of
 * `exports`, but looks up the wrong symbol for `x` in `{ x }` and `{ x: y }`: a shorthand misses the
 * variable, and a property's name is taken for a variable. editTslab.ts runs this before tslab's own
 * rewriting.
 */
import type * as ts from '@tslab/typescript-for-tslab';

export interface CellProgram {
  readonly ts: typeof import('@tslab/typescript-for-tslab');
  readonly checker: ts.TypeChecker;
  /** Declares the variables of the earlier cells. */
  readonly declsFile: ts.SourceFile;
}

/** The rewritten `node`; undefined if it is neither of the two, so that tslab's rewriting is right. */
export function rewriteProperty(
  { ts, checker, declsFile }: CellProgram,
  node: ts.Node,
  rewrite: (node: ts.Node) => ts.Node,
): ts.Node | undefined {
  if (ts.isIdentifier(node)) return isPropertyName(ts, node) ? node : undefined;
  if (!ts.isShorthandPropertyAssignment(node)) return undefined;
  const declarations = checker.getShorthandAssignmentValueSymbol(node)?.declarations ?? [];
  if (!declarations.some((declaration) => declaration.getSourceFile() === declsFile)) return undefined;
  const { name, objectAssignmentInitializer: byDefault } = node;
  const variable = ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier('exports'), name);
  return ts.factory.createPropertyAssignment(
    name,
    byDefault === undefined
      ? variable
      : ts.factory.createAssignment(variable, rewrite(byDefault) as ts.Expression),
  );
}

/** `x` in `{ x: y }`, in a literal, a declaration or an assignment. */
function isPropertyName(ts: CellProgram['ts'], node: ts.Identifier): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  return ts.isBindingElement(parent) && parent.propertyName === node;
}

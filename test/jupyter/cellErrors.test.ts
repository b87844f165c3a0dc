/** What a reader sees of an error that a cell throws. */
import { expect, test } from 'vitest';
import { InputError } from '../../lib/src/errors';
import { cellFile, describeCellError } from '../../lib/src/jupyter/kernel/cellErrors';
import { sourceLine } from '../../lib/src/jupyter/kernel/sourceLine';

const source = [
  "import { open, show } from 'elephant';",
  '// a comment',
  '',
  'const session: Session = open({',
  "  profile: 'mini',",
  '});',
  'show.text(String(1));',
  'show.text(String(1));',
].join('\n');
const compiled = [
  '(async function(exports, require) { Object.defineProperty(exports, "__esModule", { value: true });',
  'exports.session = void 0;',
  'const elephant_1 = require("elephant");',
  '// a comment',
  'const session = (0, elephant_1.open)({',
  "    profile: 'mini',",
  '});',
  'exports.session = session;',
  'elephant_1.show.text(String(1));',
  'elephant_1.show.text(String(1));',
  '})(__tslab__.exports, __tslab__.require)',
].join('\n');

test('lines of the compiled form are found in the source, equal lines in their order', () => {
  expect([5, 6, 9, 10].map((line) => sourceLine(source, compiled, line))).toEqual([4, 5, 7, 8]);
});

test('what the compiler added is nowhere in the source', () => {
  expect(sourceLine(source, compiled, 1)).toBeUndefined();
  expect(sourceLine(source, compiled, 99)).toBeUndefined();
});

const codes = new Map([
  [1, { source, compiled }],
  [2, { source: 'f();', compiled: '(function(exports, require) {\nf();\n})()' }],
]);
function withStack<E extends Error>(error: E, ...frames: string[]): E {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

test('wrong input is two lines: the message, and the line of the cell', () => {
  const error = withStack(
    new InputError('profile', 'unknown profile "mimi"'),
    'unknownName (/x/lib/dist/errors.js:33:12)',
    `${cellFile(1)}:5:40`,
    'node:vm:135:14',
  );
  expect(describeCellError(error, codes, 1)).toBe(
    'InputError: profile: unknown profile "mimi"\n    line 4: const session: Session = open({',
  );
});

test('a defect shows its place in the library, its cause, and calls from one cell into another', () => {
  const error = withStack(
    new Error('broken', { cause: new RangeError('too far') }),
    'f (/x/lib/dist/engine/graph.js:7:1)',
    `g (${cellFile(1)}:9:1)`,
    `async ${cellFile(2)}:2:1`,
    'run (/x/node_modules/tslab/dist/executor.js:1:2)',
  );
  expect(describeCellError(error, codes, 2).split('\n')).toEqual([
    'Error: broken',
    '    caused by RangeError: too far',
    '    in elephant/engine/graph.js:7',
    '    cell [1], line 7: show.text(String(1));',
    '    line 1: f();',
  ]);
});

/** A file of another package, loaded with its text changed. */
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadEdited } from '../../lib/src/jupyter/kernel/loadEdited';
import { freshFolder } from '../support/folders';

const folder = freshFolder();
const require = createRequire(join(folder, 'x.js'));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('everybody gets the edited text, which requires as before', () => {
  fileOf('sum.js', 'module.exports = 1;');
  const file = fileOf(
    'a.js',
    'let sum = require("./sum");\nreturn_(sum);\nfunction return_(x) { module.exports = x; }',
  );
  loadEdited(file, [
    { before: 'return_(sum)', insert: 'sum += 1;\n' },
    { before: 'let sum', insert: 'globalThis.edited = true;\n' },
  ]);
  expect(globalThis).toHaveProperty('edited', true);
  expect(require(file)).toBe(2);
});

test.each([
  ['none', 'module.exports = 1;', 'got it 0 times'],
  ['two', 'anchor();anchor();', 'got it 2 times'],
])('an anchor that stands in %s place is refused', (name, text, problem) => {
  const file = fileOf(`${name}.js`, text);
  expect(() => loadEdited(file, [{ before: 'anchor()', insert: '' }])).toThrow(problem);
});

test('a file that is loaded already is refused', () => {
  const file = fileOf('early.js', 'module.exports = 1;');
  require(file);
  expect(() => loadEdited(file, [{ before: '= 1', insert: '' }])).toThrow('expected not to be loaded yet');
});

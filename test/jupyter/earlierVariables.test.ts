/** Variables of earlier cells, wherever a later cell may write one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelClient } from '../../lib/src/jupyter/kernel/kernelClient';

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start({ cwd: __dirname });
  await printed(`
    const dataset = 'Pantry';
    const item = { dataset: 'Office', price: { low: 1, high: 9 } };
    const twice = (value: { n: number }) => 2 * value.n;
    import { basename } from 'node:path';
    class Shop {}
    enum Kind { Text }`);
}, 60_000);
afterAll(() => kernel.close());

/** What a cell prints, errors included. */
async function printed(code: string): Promise<string> {
  let text = '';
  await kernel.execute(code, (type, content) => {
    if (type === 'stream') text += String(content.text);
  });
  return text.trim();
}

/** A cell of its own that declares, and one that uses. */
async function inTwoCells(first: string, second: string, shown: string): Promise<unknown> {
  expect(await printed(first)).toBe('');
  expect(await printed(second)).toBe('');
  return JSON.parse(await printed(`console.log(JSON.stringify(${shown}))`));
}

test.each([
  ['a shorthand', 'JSON.stringify({ dataset })', '{"dataset":"Pantry"}'],
  ['in an arrow function', '(() => JSON.stringify({ dataset }))()', '{"dataset":"Pantry"}'],
  ['in a method', 'JSON.stringify({ f() { return { dataset }; } }.f())', '{"dataset":"Pantry"}'],
  ['beside a spread', 'JSON.stringify({ ...item.price, dataset })', '{"low":1,"high":9,"dataset":"Pantry"}'],
  ['nested', 'JSON.stringify({ a: [{ b: { dataset } }] })', '{"a":[{"b":{"dataset":"Pantry"}}]}'],
  [
    'what was imported',
    'String(Object.keys({ basename })) + typeof ({ basename }).basename',
    'basenamefunction',
  ],
  [
    'a class and an enum',
    'JSON.stringify({ made: new ({ Shop }).Shop(), Kind })',
    '{"made":{},"Kind":{"0":"Text","Text":0}}',
  ],
  ['a parameter of the same name', '((dataset: number) => JSON.stringify({ dataset }))(3)', '{"dataset":3}'],
  [
    'a property of the same name',
    'JSON.stringify({ dataset: 1, item: dataset })',
    '{"dataset":1,"item":"Pantry"}',
  ],
])('%s', async (_, code, text) => {
  expect(await printed(`console.log(${code})`)).toBe(text);
});

test.each([
  ['an assignment', '({ a, b } = { a: 5, b: 6 });', [5, 6]],
  ['with defaults', '({ a = 7, b = a } = {} as { a?: number; b?: number });', [7, 7]],
  [
    'with a default of an earlier cell',
    '({ a = twice({ n: 4 }), b } = { b: 1 } as { a?: number; b: number });',
    [8, 1],
  ],
  ['nested', '({ price: { low: a, high: b } } = item);', [1, 9]],
  ['in a loop', 'for ({ a, b } of [{ a: 1, b: 2 }, { a: 3, b: 4 }]) { twice({ n: a }); }', [3, 4]],
  ['in a list', '[{ a }, { b }] = [{ a: 2 }, { b: 3 }];', [2, 3]],
  ['inside a function', '(() => { ({ a, b } = { a: 8, b: 9 }); })();', [8, 9]],
])('destructuring: %s', async (_, code, values) => {
  // A last line that is no expression shows nothing.
  expect(await inTwoCells('let a = 0, b = 0;', `${code}\nif (a) {}`, '[a, b]')).toEqual(values);
});

test('destructuring: the rest', async () => {
  const code = '({ a, ...rest } = { a: 1, c: 2, d: 3 });\nif (a) {}';
  expect(await inTwoCells('let a = 0; let rest = {};', code, '[a, rest]')).toEqual([1, { c: 2, d: 3 }]);
});

test('declarations: names of properties of an earlier object, with and without a new name', async () => {
  const code = 'const { dataset: name, price: { low, high: top = 3 } } = item;\nif (low) {}';
  expect(await inTwoCells('', code, '[name, low, top]')).toEqual(['Office', 1, 9]);
});

test('variables of the same cell stay as they are', async () => {
  const code = "const own = 'x'; let c = 0; ({ c } = { c: 4 }); const both = { own, c, dataset };\nif (c) {}";
  expect(await inTwoCells('', code, 'both')).toEqual({ own: 'x', c: 4, dataset: 'Pantry' });
});

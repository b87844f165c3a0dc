/** What a kernel shows of the value of a cell's last line, and what it keeps to itself. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelClient } from '../../lib/src/jupyter/kernel/kernelClient';
import { folders } from '../../lib/src/project';
import { notebookFolder } from '../notebookFolder';

const { path: folder, remove } = notebookFolder();
let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start({ cwd: folder });
  await outputs(`import { open, figures, type Table } from 'elephant';
    import * as tf from '@tensorflow/tfjs';
    const session = open({ results: ${JSON.stringify(join(folders.results, 'mini.json'))} });`);
}, 60_000);
afterAll(() => {
  kernel.close();
  remove();
});

/** Each output of a cell: a display's plain text, or what was printed. */
async function outputs(code: string): Promise<{ type: string; text: string }[]> {
  const seen: { type: string; text: string }[] = [];
  await kernel.execute(code, (type, content) => {
    if (type === 'stream') seen.push({ type: String(content.name), text: String(content.text) });
    if (type === 'display_data')
      seen.push({ type, text: String((content.data as Record<string, unknown>)['text/plain']) });
  });
  return seen;
}

test.each([
  ['a table of the paper', 'await session.table2()', /^Table 2/],
  ['a table', '({ columns: ["x"], rows: [[1]], caption: "My own" }) as Table', /^My own\nx\n1$/],
  ['a figure', 'figures.layerSets(await session.table1())', /layers/],
])('%s shows itself', async (_, code, text) => {
  expect(await outputs(code)).toEqual([{ type: 'display_data', text: expect.stringMatching(text) }]);
});

test.each([
  [
    'an object',
    '({ columns: ["x"], rows: [[1]], more: 1 })',
    "{ columns: [ 'x' ], rows: [ [ 1 ] ], more: 1 }\n",
  ],
  ['a number', '6 * 7', '42\n'],
])('%s is printed', async (_, code, text) => {
  expect(await outputs(code)).toEqual([{ type: 'stdout', text }]);
});

test('TensorFlow.js recommends no other backend', async () => {
  expect(await outputs('tf.tensor([1, 2]).sum().dataSync()[0]')).toEqual([{ type: 'stdout', text: '3\n' }]);
  expect(await outputs('console.warn("mine")')).toEqual([{ type: 'stderr', text: 'mine\n' }]);
});

test('a client that asks for the history gets an empty one, and the cell before prints nothing', async () => {
  const seen = await outputs('setTimeout(() => undefined, 500); 1');
  const history = { output: false, raw: true, hist_access_type: 'tail', n: 10 };
  expect(
    await kernel['ask']('history_request', history, () => seen.push({ type: 'late', text: '' })),
  ).toEqual({
    status: 'ok',
    history: [],
  });
  expect(seen).toEqual([{ type: 'stdout', text: '1\n' }]);
});

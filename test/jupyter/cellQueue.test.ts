/** What becomes of the cells after one that fails. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KernelClient } from '../../lib/src/jupyter/kernel/kernelClient';
import { writeKernelSpec } from '../../lib/src/jupyter/lab/kernelSpec';
import { cellQueue } from '../../lib/src/jupyter/kernel/cellQueue';
import type { ExecuteReply } from '../../lib/src/jupyter/kernel/tslab';
import { notebookFolder } from '../notebookFolder';

const { path: folder, remove } = notebookFolder();
afterAll(remove);

const ok: ExecuteReply = { status: 'ok', execution_count: 1 };
const error: ExecuteReply = { status: 'error', execution_count: 1, ename: 'E', evalue: '', traceback: [] };
const request = { code: '' };

describe('cells run one by one, and after one that fails', () => {
  test('those that wait are aborted, the next one runs', async () => {
    const queue = cellQueue();
    const replies = [error, ok, ok].map((reply) => queue(request, async () => reply));
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(['error', 'aborted', 'aborted']);
    expect(await queue(request, async () => ok)).toEqual(ok);
  });

  test('none is aborted if the client says so', async () => {
    const queue = cellQueue();
    const failed = queue({ ...request, stop_on_error: false }, async () => error);
    expect(await Promise.all([failed, queue(request, async () => ok)])).toEqual([error, ok]);
  });

  test('a cell does not begin before the one before it has ended', async () => {
    const queue = cellQueue();
    const told: string[] = [];
    const slow = queue(request, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      told.push('slow');
      return ok;
    });
    await Promise.all([slow, queue(request, async () => (told.push('quick'), ok))]);
    expect(told).toEqual(['slow', 'quick']);
  });
});

describe('the kernel', () => {
  let kernel: KernelClient;
  beforeAll(async () => void (kernel = await KernelClient.start({ cwd: folder })), 60_000);
  afterAll(() => kernel.close());
  const run = (code: string): Promise<object> => kernel.execute(code, () => undefined);

  test.each([
    ['waits', 'await new Promise((r) => setTimeout(r, 300)); throw new RangeError("on purpose");'],
    ['computes', 'const t = Date.now(); while (Date.now() < t + 300); throw new RangeError("on purpose");'],
  ])('"Run All" with a cell that %s, then fails: the rest is aborted', async (_, failing) => {
    const replies = await Promise.all([run(failing), run('1'), run('2')]);
    expect(replies[0]).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'on purpose' });
    expect(replies.slice(1)).toEqual([{ status: 'aborted' }, { status: 'aborted' }]);
  });

  test('a cell sent after the failure is known runs', async () => {
    expect(await run('throw new Error("on purpose")')).toMatchObject({ status: 'error' });
    expect(await run('1 + 1')).toMatchObject({ status: 'ok' });
  });

  test('a cell that does not compile is an error like others', async () => {
    expect(await run('const x: number = "text";')).toMatchObject({ status: 'error', ename: 'Error' });
    expect(await run('1 + 1')).toMatchObject({ status: 'ok' });
  });
});

const python = process.env.ELEPHANT_PYTHON;
if (python === undefined)
  console.log('nbclient: not run, ELEPHANT_PYTHON is not set (a Python with nbclient)');

test.skipIf(python === undefined)('nbclient with errors allowed runs the cells after one that fails', () => {
  const cell = (source: string) => ({
    cell_type: 'code',
    id: source.length.toString(),
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  });
  const file = join(folder, 'allowed.ipynb');
  const cells = ['throw new Error("on purpose")', 'console.log(1)', 'console.log("two")'].map(cell);
  const metadata = { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } };
  writeFileSync(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  const { status, stderr } = spawnSync(
    python as string,
    ['-m', 'jupyter', 'execute', '--allow-errors', '--inplace', file],
    { env: { ...process.env, JUPYTER_PATH: writeKernelSpec() }, encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  const { cells: run } = JSON.parse(readFileSync(file, 'utf8')) as {
    cells: { outputs: { text: string[] | string }[] }[];
  };
  expect(run.slice(1).map(({ outputs }) => outputs.flatMap(({ text }) => text).join(''))).toEqual([
    '1\n',
    'two\n',
  ]);
});

/**
 * An interrupt of a cell that waits under a progress display: it ends, the display says so, and the kernel
 * goes on.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KernelClient } from '../../lib/src/jupyter/kernel/kernelClient';
import { notebookFolder } from '../notebookFolder';

const { path: folder, remove } = notebookFolder();
/** One for all tests, as a user has one: each begins where the last was interrupted. */
let kernel: KernelClient;
beforeAll(async () => void (kernel = await KernelClient.start({ cwd: folder })));
afterAll(() => {
  kernel?.close();
  remove();
});

const WORK =
  "async (signal: AbortSignal): Promise<never> => { console.log('works'); for (;;) { await new " +
  'Promise((r) => setTimeout(r, 50)); signal.throwIfAborted(); } }';

/** A user's interrupt does not come while the cell's first lines run. */
const THINKING_MS = 300;

test.skipIf(process.platform === 'win32').each([
  [
    'progress',
    'await show.progress("A title", (_, signal) => work(signal));',
    'A title: interrupted; finished results are kept',
  ],
  ['training', 'await show.training("A title", ({ signal }) => work(signal));', 'A title: interrupted'],
])('show.%s', async (_, line, words) => {
  expect(
    await kernel.execute(`import { show } from 'elephant';\nconst work = ${WORK};`, () => undefined),
  ).toMatchObject({ status: 'ok' });
  const shown: unknown[] = [];
  // The display is the first thing that the cell does.
  const reply = kernel.execute(line, (type, content) => {
    if (type === 'stream' && content.text === 'works\n')
      setTimeout(() => process.kill(kernel.pid, 'SIGINT'), THINKING_MS);
    if (type === 'update_display_data') shown.push((content.data as Record<string, unknown>)['text/plain']);
  });
  expect(await reply).toMatchObject({ status: 'error' });
  expect(shown.at(-1)).toBe(words);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const printed: unknown[] = [];
  expect(
    await kernel.execute('console.log("goes on")', (_, { text }) => void printed.push(text)),
  ).toMatchObject({ status: 'ok' });
  expect(printed).toContain('goes on\n');
});

/** On an idle machine it takes .2 to 1 s, and may take 2; the rest is for one where much else runs. */
const ENDS_MS = 5000;
/** Without the interrupt it would be for ever. */
const PATIENCE_MS = 20_000;

const LONG = "dataset: shop, model: 'sasrec', epochs: 1e6, patience: 1e6";
const TRAININGS = {
  'a plain training': `trainRecommender({ ${LONG}, onProgress: begun })`,
  'a training with long steps':
    `trainRecommender({ ${LONG}, loss: 'ce', dim: 512, batch: 256, ` + 'onProgress: begun })',
  'a learning-rate grid': `learningRateGrid({ ${LONG} }, { processes: 2, onProgress: begun })`,
};

test.skipIf(process.platform === 'win32').each(Object.entries(TRAININGS))(
  'interrupting a cell ends %s that was given no signal',
  async (_, call) => {
    const printed: string[] = [];
    const run = (code: string): Promise<{ status: string }> =>
      kernel.execute(code, (__, { text }) => void printed.push(String(text)));
    await run(`import { simulateDomain, trainRecommender, learningRateGrid } from 'elephant';
      const shop = simulateDomain('Pantry');
      let state = 'runs';
      let ended = 0;
      let told = false;
      const begun = () => { if (!told) console.log('trains'); told = true; };`);
    const cell = run(`const training = ${call};
      training.catch((error) => { ended = Date.now(); state = error.name; }); await training;`);
    await expect.poll(() => printed.join(''), { timeout: 60_000 }).toContain('trains');
    const interrupted = Date.now();
    process.kill(kernel.pid, 'SIGINT');
    expect(await cell).toMatchObject({ status: 'error' });
    const stateNow = async (): Promise<string> => {
      await run('console.log(`${state};`)');
      return printed.join('').split(';').at(-2)?.trim() ?? '';
    };
    await expect.poll(stateNow, { timeout: PATIENCE_MS, interval: 100 }).toMatch(/AbortError$/);
    await run('console.log(`ended: ${ended};`)');
    const ended = Number(/ended: (\d+)/.exec(printed.join(''))![1]);
    expect(ended - interrupted).toBeLessThan(ENDS_MS);
    await run(`import { execSync } from 'node:child_process';
      const processes = execSync('ps -eo ppid,args').toString().split('\\n');
      const own = processes.filter((line) => line.trim().startsWith(process.pid + ' '));
      console.log('workers: ' + own.filter((line) => line.includes('runWorker')).length);`);
    expect(printed.join('')).toContain('workers: 0');
  },
);

test.skipIf(process.platform === 'win32')(
  'a view shows its progress by itself, and is interrupted',
  async () => {
    const shown: string[] = [];
    const reply = await kernel.execute(
      "import { open } from 'elephant';\n" +
        `const store = ${JSON.stringify(join(tmpdir(), 'interrupted-view'))};\n` +
        "const session = open({ profile: 'smoke', store });\n" +
        'await session.table3();',
      (type, content) => {
        if (type !== 'display_data' && type !== 'update_display_data') return;
        shown.push((content.data as Record<string, string>)['text/plain']);
        if (shown.length === 2) process.kill(kernel.pid, 'SIGINT');
      },
    );
    expect(reply).toMatchObject({ status: 'error' });
    expect(shown[0]).toBe('table3("SASRec"): starting');
    expect(shown[1]).toMatch(/^table3\("SASRec"\): \d+ of \d+ stages/);
    expect(shown.at(-1)).toBe('table3("SASRec"): interrupted; finished results are kept');
  },
);

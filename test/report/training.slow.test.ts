/** A training drawn in its cell: how often, what stays, and what an interrupt does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunStatus } from '../../lib/src/pipeline/runState';
import { show } from '../../lib/src/report';
import { tslabJupyter, type DisplayContent } from '../../lib/src/jupyter/kernel/tslab';
import { codeCells } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { runNotebook } from '../../lib/src/jupyter/notebook/runNotebook';
import { writeNotebook } from '../../lib/src/jupyter/notebook/writeNotebook';
import { recommenderOptions } from '../../lib/src/training/recommender';
import type { TrainingProgress } from '../../lib/src/training/trainer';
import { notebookFolder } from '../notebookFolder';

let shown: DisplayContent['data'][];
let clock: number;
beforeEach(() => {
  [shown, clock] = [[], 1000];
  vi.stubGlobal('__tslab__', {});
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  tslabJupyter().lastWriteDisplayData = ({ data }) => void shown.push(data);
});
afterEach(() => {
  tslabJupyter().lastWriteDisplayData = null;
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const at = (epoch: number, step: number, metric?: number): TrainingProgress => ({
  epoch,
  epochs: 40,
  step,
  steps: 10,
  loss: 4 / epoch,
  metric,
  bestMetric: 0.1,
  bestEpoch: 1,
  seconds: clock / 1000,
  timeLeft: step === 0 ? NaN : 400,
});
const logged = (epoch: number, validation: number) => ({
  epoch,
  loss: epoch === 0 ? null : 4 / epoch,
  metrics: { 'sampled NDCG@10': validation },
  trainSeconds: Math.random(),
  validationSeconds: Math.random(),
  memoryMiB: Math.random(),
});
const options = recommenderOptions({ model: 'sasrec' });
/** As the user's interrupt reaches the process, without ending the tests. */
const interrupt = (): void => (process.listeners('SIGINT').at(-1) as () => void)();

test('draws at most twice a second, whatever the number of updates', async () => {
  await show.training('A title', async ({ onProgress }) => {
    for (let step = 0; step < 100; step++, clock += 100) onProgress(at(1 + Math.floor(step / 10), step % 10));
    return { options, log: [logged(1, 0.1)], bestEpoch: 1 };
  });
  expect(shown).toHaveLength(1 + 20 + 1);
  expect(shown[1]['text/plain']).toBe('A title: epoch 1 of at most 40');
  expect(shown[20]['text/plain']).toBe('A title: epoch 10 of at most 40, 7 min left if all are run');
  expect(shown[20]['text/html']).toMatch(/^<svg .*<\/svg>$/);
  expect(shown[20]['text/html']).not.toContain('NaN');
});

test('what stays is made of the result, and the same however long it took', async () => {
  const run = async (wait: number): Promise<unknown> => {
    await show.training('A <title>', async ({ onProgress }) => {
      for (const epoch of [1, 2]) {
        clock += wait;
        onProgress(at(epoch, 10, 0.1));
      }
      return { options, log: [logged(0, 0.01), logged(1, 0.1), logged(2, 0.05)], bestEpoch: 1 };
    });
    return shown.at(-1);
  };
  const first = await run(1);
  expect(await run(5000)).toEqual(first);
  expect(first).toEqual({
    'text/plain': 'A <title>: 2 epochs; best validation NDCG@10 10.0 % after epoch 1, marked',
    'image/svg+xml': expect.stringContaining('A &lt;title&gt;'),
    'image/png': expect.stringMatching(/^iVBOR/),
  });
});

test('an interrupt aborts the signal, keeps the curve so far and leaves the process as it was', async () => {
  const before = process.listenerCount('SIGINT');
  const run = show.training('A title', async ({ onProgress, signal }): Promise<never> => {
    onProgress(at(1, 10, 0.1));
    interrupt();
    expect(shown.at(-1)?.['text/plain']).toBe('A title: interrupted');
    clock += 5000;
    onProgress(at(2, 1));
    signal.throwIfAborted();
    throw new Error('not reached');
  });
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  expect(shown.at(-1)?.['text/plain']).toBe('A title: interrupted');
  expect(
    new JSDOM(String(shown.at(-1)?.['text/html'])).window.document.querySelectorAll('circle').length,
  ).toBeGreaterThan(0);
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test('a training that fails says so, and outside a notebook there are lines alone', async () => {
  await expect(show.training('A title', () => Promise.reject(new Error('diverged')))).rejects.toThrow(
    'diverged',
  );
  expect(shown.at(-1)?.['text/plain']).toBe('A title: failed');
  vi.unstubAllGlobals();
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const before = process.listenerCount('SIGINT');
  await show.training('A title', async ({ onProgress }) => {
    onProgress(at(1, 10, 0.1));
    expect(process.listenerCount('SIGINT')).toBe(before);
    return { options, log: [logged(1, 0.1)], bestEpoch: 1 };
  });
  expect(printed.mock.calls.map(([line]) => line)).toEqual([
    'A title: starting\n',
    'A title: 1 epoch; best validation NDCG@10 10.0 % after epoch 1, marked\n',
  ]);
});

const IDLE: RunStatus = {
  total: 4,
  done: 1,
  fromStore: 0,
  running: [],
  failures: [],
  secondsLeft: 0,
  waitingFor: undefined,
};

test('stages that run show the curve of a training below the bar, and leave nothing', async () => {
  const status = (...running: RunStatus['running']): RunStatus => ({ ...IDLE, running });
  const encode = { label: 'table', share: 0.5, message: '' };
  await show.progress('Table 3', async (onUpdate) => {
    const tell = (...running: RunStatus['running']): void => {
      clock += 250;
      onUpdate(status(...running));
    };
    tell(encode);
    for (let step = 1; step <= 30; step++)
      tell(encode, {
        label: 'PT <b>',
        share: step / 100,
        message: `epoch 1 of 5, loss ${(7 - step / 10).toFixed(3)}`,
      });
    tell(encode, { label: 'PT <b>', share: 0.31, message: 'epoch 1 of 5, loss NaN' });
    tell(encode);
    tell({ label: 'SASRec', share: 0.1, message: 'epoch 3 of at most 40, best validation NDCG@10 0.0812' });
  });
  const html = shown.map((data) => String(data['text/html']));
  expect(html.map((text) => text.includes('<svg'))).toEqual([false, false, ...Array(33).fill(true), false]);
  expect(html[32]).toContain('PT &lt;b&gt;: loss so far, last 4');
  expect(html[33]).toBe(html[32].replace('>table: PT', '>table'));
  expect(html[34]).toContain('SASRec: best validation NDCG@10 so far, last 0.0812');
  expect(shown.at(-1)).toEqual({ 'text/html': '', 'text/plain': '' });
});

test('stages that fail keep the curve', async () => {
  const failing = show.progress('Table 3', async (onUpdate) => {
    clock += 250;
    onUpdate({ ...IDLE, running: [{ label: 'PT', share: 0.5, message: 'epoch 1 of 5, loss 6.500' }] });
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  expect(shown.at(-1)?.['text/plain']).toBe('Table 3: failed');
  expect(shown.at(-1)?.['text/html']).toContain('PT: loss so far, last 6.5');
});

test('a real training in a real cell leaves the same bytes in every run', async () => {
  vi.restoreAllMocks();
  const { path, remove } = notebookFolder();
  try {
    const file = join(path, 'training.ipynb');
    const source = [
      "import { show, simulateDomain, trainRecommender } from 'elephant';",
      "const dataset = simulateDomain('Pantry', { size: 'mini' });",
      "const run = await show.training('Pantry', (watching) => trainRecommender({ dataset, model: " +
        "'sasrec', dim: 8, epochs: 4, ...watching }));",
      'console.log(run.bestEpoch > 0);',
    ].join('\n');
    writeNotebook(file, {
      metadata: {},
      cells: [{ cell_type: 'code', id: 'c0', metadata: {}, source, execution_count: null, outputs: [] }],
    });
    const seen: string[] = [];
    await runNotebook(file, { onProgress: ({ message }) => seen.push(message) });
    const bytes = readFileSync(file, 'utf8');
    await runNotebook(file);
    expect(readFileSync(file, 'utf8')).toBe(bytes);
    const [chart, printed] = codeCells(readNotebook(file))[0].outputs;
    expect(chart).toMatchObject({
      output_type: 'display_data',
      data: {
        'text/plain': expect.stringMatching(
          /^Pantry: 4 epochs; best validation NDCG@10 \d+\.\d % after epoch \d, marked$/,
        ),
      },
    });
    expect(printed).toMatchObject({ text: 'true\n' });
    expect(seen.some((message) => /^Pantry: epoch \d of at most 4/.test(message))).toBe(true);
  } finally {
    remove();
  }
});

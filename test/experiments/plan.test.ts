/**
 * Plans: the schedule played through, estimates that follow the sizes, and corrections from what was
 * measured.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allNodes } from '../../lib/src/experiments/allNodes';
import { schedule } from '../../lib/src/experiments/costs/schedule';
import { mostAwaitedFirst } from '../../lib/src/pipeline/mostAwaited';
import { planOf } from '../../lib/src/experiments/plan';
import { profile } from '../../lib/src/experiments/profiles';
import { closure, stage } from '../../lib/src/pipeline/stage';
import { Store } from '../../lib/src/pipeline/store';

const kind = { name: 'example', file: __filename };
const freshStore = (): Store => new Store(join(mkdtempSync(join(tmpdir(), 'elephant-plan-')), 'store'));

test('the schedule waits for inputs and threads, and knows what is in memory at once', () => {
  const a = stage(kind, 'a', { seconds: 10 });
  const b = stage(kind, 'b', { seconds: 4 });
  const c = stage(kind, 'c', { seconds: 3 }, { a });
  const all = stage(kind, 'all', { seconds: 5 }, { b, c }, 2);
  const of = (workers: number) =>
    schedule(
      [a, b, c, all],
      ({ config }) => ({ seconds: (config as { seconds: number }).seconds, bytes: 100 }),
      workers,
    );
  expect(of(2)).toEqual({ seconds: 10 + 3 + 5, bytes: 200 });
  expect(of(1)).toEqual({ seconds: 10 + 4 + 3 + 5, bytes: 100 });
  expect(schedule([c], () => ({ seconds: 3, bytes: 1 }), 1)).toEqual({ seconds: 3, bytes: 1 });
  expect(schedule([], () => ({ seconds: 3, bytes: 1 }), 1)).toEqual({ seconds: 0, bytes: 0 });
});

test('in the schedule, as in the runner, a wide stage keeps its place', () => {
  const start = stage(kind, 'start', { seconds: 1 });
  const wide = stage(kind, 'wide', { seconds: 10 }, { start }, 2);
  const after = stage(kind, 'after', { seconds: 10 }, { wide });
  const beside = ['p', 'q', 'r'].map((name) => stage(kind, name, { seconds: 4, name }));
  const seconds = schedule(
    [start, wide, after, ...beside],
    ({ config }) => ({ seconds: (config as { seconds: number }).seconds, bytes: 1 }),
    2,
  ).seconds;
  expect(seconds).toBe(4 + 10 + 10);
});

test('stages that most others wait for come first, others stay in order', () => {
  const [x, y, start] = ['x', 'y', 'start'].map((name) => stage(kind, name, { name }));
  const middle = stage(kind, 'middle', {}, { start });
  const leaves = ['p', 'q'].map((name) => stage(kind, name, { name }, { middle, x }));
  expect(mostAwaitedFirst([x, y, start, middle, ...leaves]).map(({ label }) => label)).toEqual([
    'start',
    'x',
    'middle',
    'y',
    'p',
    'q',
  ]);
});

test('estimates before anything ran follow the sizes; finished stages correct those of their kind', async () => {
  const store = freshStore();
  const planFor = (...set: string[]) => {
    const p = profile('smoke', set);
    return planOf(allNodes(p), p, store, 2);
  };
  const plain = await planFor();
  expect(plain.missing).toBe(plain.stages);
  for (const { kind: name, seconds, bytes } of plain.kinds) {
    expect(seconds, name).toBeGreaterThan(0);
    expect(bytes, name).toBeGreaterThan(1e6);
  }
  const longer = await planFor('finetune.epochs=4', 'finetune.patience=4');
  const of = (plan: typeof plain, name: string) => plan.kinds.find((entry) => entry.kind === name)!;
  expect(of(longer, 'finetune').flop).toBeGreaterThan(2 * of(plain, 'finetune').flop);
  expect(of(longer, 'pretrain').flop).toBe(of(plain, 'pretrain').flop);

  const smoke = profile('smoke');
  const node = closure(allNodes(smoke)).find((each) => each.kind.name === 'recommender')!;
  const alone = await planOf([node], smoke, store, 1);
  store.write(node, { json: {}, arrays: {} }, 3 * of(alone, 'recommender').seconds);
  const corrected = of(await planFor(), 'recommender');
  expect(corrected.measured).toBeCloseTo(3, 6);
  expect(corrected.seconds).toBeGreaterThan(2.5 * of(plain, 'recommender').seconds);
});

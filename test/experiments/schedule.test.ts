/** The schedule that plans play through: its rules on small graphs. Runs the compiled library. */
import { expect, test } from 'vitest';
import type { Device } from '../../lib/dist/engine/types';
import { criticalPath, schedule } from '../../lib/dist/experiments/costs/schedule';
import { mostAwaitedFirst } from '../../lib/dist/pipeline/mostAwaited';
import { onDevice, stage, type StageNode } from '../../lib/dist/pipeline/stage';

const kind = { name: 'example', file: __filename };
const card: Device = { provider: 'webgpu', name: 'a card', oneAtATime: true };
/** Seconds as the configuration says; 100 bytes each. */
const asTold = ({ config }: StageNode) => ({ seconds: (config as { seconds: number }).seconds, bytes: 100 });

test('the schedule waits for inputs and threads, and knows what is in memory at once', () => {
  const a = stage(kind, { label: 'a', config: { seconds: 10 } });
  const b = stage(kind, { label: 'b', config: { seconds: 4 } });
  const c = stage(kind, { label: 'c', config: { seconds: 3 }, inputs: { a } });
  const all = stage(kind, { label: 'all', config: { seconds: 5 }, inputs: { b, c }, threads: 2 });
  const of = (workers: number) => schedule([a, b, c, all], asTold, { workers });
  expect(of(2)).toMatchObject({ seconds: 10 + 3 + 5, bytes: 200, started: [a, b, c, all] });
  expect(of(1)).toMatchObject({ seconds: 10 + 4 + 3 + 5, bytes: 100 });
  expect(schedule([c], asTold, { workers: 1 })).toMatchObject({ seconds: 3, bytes: 100 });
  expect(schedule([], asTold, { workers: 1 })).toEqual({ seconds: 0, bytes: 0, started: [] });
});

test('in the schedule, as in the runner, a wide stage keeps its place', () => {
  const start = stage(kind, { label: 'start', config: { seconds: 1 } });
  const wide = stage(kind, { label: 'wide', config: { seconds: 10 }, inputs: { start }, threads: 2 });
  const after = stage(kind, { label: 'after', config: { seconds: 10 }, inputs: { wide } });
  const beside = ['p', 'q', 'r'].map((name) => stage(kind, { label: name, config: { seconds: 4, name } }));
  expect(schedule([start, wide, after, ...beside], asTold, { workers: 2 }).seconds).toBe(4 + 10 + 10);
});

test('a device computes one stage at a time, however many processes; two machines have two devices', () => {
  const onCard = [0, 1].map((i) =>
    onDevice(stage(kind, { label: `card${i}`, config: { seconds: 10, i } }), card),
  );
  const onCpu = [2, 3].map((i) => stage(kind, { label: `cpu${i}`, config: { seconds: 10, i } }));
  const of = (workers: number, machines: number) =>
    schedule([...onCard, ...onCpu], asTold, { workers, machines }).seconds;
  expect(of(2, 1)).toBe(20);
  expect(of(4, 1)).toBe(20);
  expect(of(2, 2)).toBe(10);
  expect(schedule(onCard, asTold, { workers: 4 }).seconds).toBe(20);
});

test('a kind that goes one at a time does so on each machine', () => {
  const heavy = [0, 1].map((i) =>
    stage({ ...kind, oneAtATime: true }, { label: `heavy${i}`, config: { seconds: 10, i } }),
  );
  expect(schedule(heavy, asTold, { workers: 2 }).seconds).toBe(20);
  expect(schedule(heavy, asTold, { workers: 2, machines: 2 }).seconds).toBe(10);
});

test('a process is started when none is idle, and one that has grown large is not used again', () => {
  const nodes = [0, 1, 2].map((i) => stage(kind, { label: `${i}`, config: { seconds: 10, i } }));
  const of = (bytes: number) =>
    schedule(nodes, () => ({ seconds: 10, bytes }), { workers: 1, overhead: { process: 2, stage: 1 } })
      .seconds;
  expect(of(100)).toBe(2 + 3 * 11);
  expect(of(2 ** 30)).toBe(3 * (2 + 11));
});

test('the critical path is the longest chain, not the one with most stages', () => {
  const a = stage(kind, { label: 'a', config: { seconds: 10 } });
  const b = stage(kind, { label: 'b', config: { seconds: 1 } });
  const c = stage(kind, { label: 'c', config: { seconds: 1 }, inputs: { b } });
  const d = stage(kind, { label: 'd', config: { seconds: 5 }, inputs: { a, c } });
  const path = criticalPath([a, b, c, d], (node) => asTold(node).seconds);
  expect(path).toEqual({ seconds: 15, nodes: [a, d] });
  expect(schedule([a, b, c, d], asTold, { workers: 9 }).seconds).toBe(15);
  expect(criticalPath([], () => 1)).toEqual({ seconds: 0, nodes: [] });
});

test('stages that most others wait for come first, others stay in order', () => {
  const [x, y, start] = ['x', 'y', 'start'].map((name) => stage(kind, { label: name, config: { name } }));
  const middle = stage(kind, { label: 'middle', config: {}, inputs: { start } });
  const leaves = ['p', 'q'].map((name) =>
    stage(kind, { label: name, config: { name }, inputs: { middle, x } }),
  );
  expect(mostAwaitedFirst([x, y, start, middle, ...leaves]).map(({ label }) => label)).toEqual([
    'start',
    'x',
    'middle',
    'y',
    'p',
    'q',
  ]);
});

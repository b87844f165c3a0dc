/**
 * The schedule that plans play through: its rules on small graphs, and the time that it gives against real
 * runs with 1, 2 and 3 worker processes. Runs the compiled library.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Device } from '../../lib/dist/engine/types';
import { allNodes } from '../../lib/dist/experiments/allNodes';
import { criticalPath, schedule } from '../../lib/dist/experiments/costs/schedule';
import { profile } from '../../lib/dist/experiments/profiles';
import { mostAwaitedFirst } from '../../lib/dist/pipeline/mostAwaited';
import { runStages } from '../../lib/dist/pipeline/runner';
import { closure, onDevice, stage, type StageNode } from '../../lib/dist/pipeline/stage';
import { Store } from '../../lib/dist/pipeline/store';

const kind = { name: 'example', file: __filename };
const card: Device = { provider: 'webgpu', name: 'a card', oneAtATime: true };
/** Seconds as the configuration says; 100 bytes each. */
const asTold = ({ config }: StageNode) => ({ seconds: (config as { seconds: number }).seconds, bytes: 100 });

test('the schedule waits for inputs and threads, and knows what is in memory at once', () => {
  const a = stage(kind, 'a', { seconds: 10 });
  const b = stage(kind, 'b', { seconds: 4 });
  const c = stage(kind, 'c', { seconds: 3 }, { a });
  const all = stage(kind, 'all', { seconds: 5 }, { b, c }, 2);
  const of = (workers: number) => schedule([a, b, c, all], asTold, { workers });
  expect(of(2)).toMatchObject({ seconds: 10 + 3 + 5, bytes: 200, started: [a, b, c, all] });
  expect(of(1)).toMatchObject({ seconds: 10 + 4 + 3 + 5, bytes: 100 });
  expect(schedule([c], asTold, { workers: 1 })).toMatchObject({ seconds: 3, bytes: 100 });
  expect(schedule([], asTold, { workers: 1 })).toEqual({ seconds: 0, bytes: 0, started: [] });
});

test('in the schedule, as in the runner, a wide stage keeps its place', () => {
  const start = stage(kind, 'start', { seconds: 1 });
  const wide = stage(kind, 'wide', { seconds: 10 }, { start }, 2);
  const after = stage(kind, 'after', { seconds: 10 }, { wide });
  const beside = ['p', 'q', 'r'].map((name) => stage(kind, name, { seconds: 4, name }));
  expect(schedule([start, wide, after, ...beside], asTold, { workers: 2 }).seconds).toBe(4 + 10 + 10);
});

test('a device computes one stage at a time, however many processes; two machines have two devices', () => {
  const onCard = [0, 1].map((i) => onDevice(stage(kind, `card${i}`, { seconds: 10, i }), card));
  const onCpu = [2, 3].map((i) => stage(kind, `cpu${i}`, { seconds: 10, i }));
  const of = (workers: number, machines: number) =>
    schedule([...onCard, ...onCpu], asTold, { workers, machines }).seconds;
  expect(of(2, 1)).toBe(20);
  expect(of(4, 1)).toBe(20);
  expect(of(2, 2)).toBe(10);
  expect(schedule(onCard, asTold, { workers: 4 }).seconds).toBe(20);
});

test('a kind that goes one at a time does so on each machine', () => {
  const heavy = [0, 1].map((i) => stage({ ...kind, oneAtATime: true }, `heavy${i}`, { seconds: 10, i }));
  expect(schedule(heavy, asTold, { workers: 2 }).seconds).toBe(20);
  expect(schedule(heavy, asTold, { workers: 2, machines: 2 }).seconds).toBe(10);
});

test('a process is started when none is idle, and one that has grown large is not used again', () => {
  const nodes = [0, 1, 2].map((i) => stage(kind, `${i}`, { seconds: 10, i }));
  const of = (bytes: number) =>
    schedule(nodes, () => ({ seconds: 10, bytes }), { workers: 1, overhead: { process: 2, stage: 1 } })
      .seconds;
  expect(of(100)).toBe(2 + 3 * 11);
  expect(of(2 ** 30)).toBe(3 * (2 + 11));
});

test('the critical path is the longest chain, not the one with most stages', () => {
  const a = stage(kind, 'a', { seconds: 10 });
  const b = stage(kind, 'b', { seconds: 1 });
  const c = stage(kind, 'c', { seconds: 1 }, { b });
  const d = stage(kind, 'd', { seconds: 5 }, { a, c });
  const path = criticalPath([a, b, c, d], (node) => asTold(node).seconds);
  expect(path).toEqual({ seconds: 15, nodes: [a, d] });
  expect(schedule([a, b, c, d], asTold, { workers: 9 }).seconds).toBe(15);
  expect(criticalPath([], () => 1)).toEqual({ seconds: 0, nodes: [] });
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

/** How far the simulated time may be from the measured one. */
const TOLERANCE = 0.1;

const WAITING = `
const { appendFileSync } = require('node:fs');
exports.run = async ({ log, name, milliseconds }) => {
  appendFileSync(log, name + '\\n');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return { json: {}, arrays: {} };
};`;

/** Stages that wait in the place of those of "smoke", the trained ones on a card. */
function waitingStages(folder: string): StageNode[] {
  const file = join(folder, 'waiting.js');
  writeFileSync(file, WAITING);
  const copies = new Map<string, StageNode>();
  const trained = new Set(['pretrain', 'finetune', 'encode']);
  closure(allNodes(profile('smoke', ['tables=["table3"]', 'beyond=[]', 'equalScales=[]']))).forEach(
    (node, i) => {
      const inputs = Object.entries(node.inputs).map(([name, { key }]) => [name, copies.get(key)!] as const);
      const { name, oneAtATime } = node.kind;
      const config = { log: join(folder, 'log'), name: `${i}`, milliseconds: 60 + ((67 * i) % 120) };
      const copy = stage(
        { name, file, oneAtATime },
        `${i}`,
        config,
        Object.fromEntries(inputs),
        node.threads,
      );
      copies.set(node.key, onDevice(copy, trained.has(name) ? card : undefined));
    },
  );
  return [...copies.values()];
}

/** Runs the stages; seconds of the whole, and of each from the time that the runner gives it to a process. */
async function timed(nodes: readonly StageNode[], store: Store, workers: number) {
  const begun = new Map<string, number>();
  const taken = new Map<string, number>();
  const from = performance.now();
  await runStages(nodes, {
    store,
    workers,
    onUpdate({ running }) {
      const [now, labels] = [performance.now(), new Set(running.map(({ label }) => label))];
      for (const label of labels) if (!begun.has(label)) begun.set(label, now);
      for (const [label, start] of begun)
        if (!labels.has(label) && !taken.has(label)) taken.set(label, (now - start) / 1000);
    },
  });
  return { seconds: (performance.now() - from) / 1000, taken };
}

test(
  `real runs with 1, 2 and 3 workers take what the schedule says, within ${100 * TOLERANCE} %`,
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elephant-schedule-'));
    const nodes = waitingStages(folder);
    for (const workers of [1, 2, 3]) {
      writeFileSync(join(folder, 'log'), '');
      const { seconds, taken } = await timed(nodes, new Store(join(folder, `store${workers}`)), workers);
      // What each took here, so that a busy machine does not matter.
      const simulated = schedule(nodes, ({ label }) => ({ seconds: taken.get(label)!, bytes: 0 }), {
        workers,
      });
      const said = `${workers} workers: ${seconds.toFixed(2)} s, simulated ${simulated.seconds.toFixed(2)} s`;
      expect(Math.abs(seconds - simulated.seconds) / seconds, said).toBeLessThan(TOLERANCE);
      const started = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
      expect(started.length).toBe(nodes.length);
      // With several workers stages that end together may change places.
      if (workers === 1) expect(started).toEqual(simulated.started.map(({ label }) => label));
      // Nor is the time that of another number of workers.
      for (const other of [1, 2, 3].filter((count) => count !== workers)) {
        const { seconds: elsewhere } = schedule(
          nodes,
          ({ label }) => ({ seconds: taken.get(label)!, bytes: 0 }),
          { workers: other },
        );
        expect(Math.abs(seconds - elsewhere) / seconds, `${said}, ${other}`).toBeGreaterThan(TOLERANCE);
      }
      console.log(said);
    }
  },
);

/**
 * The time that the schedule of a plan gives, against real runs with 1, 2 and 3 worker processes. Runs the
 * compiled library.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Device } from '../../lib/dist/engine/types';
import { allNodes } from '../../lib/dist/experiments/allNodes';
import { schedule } from '../../lib/dist/experiments/costs/schedule';
import { profile } from '../../lib/dist/experiments/profiles';
import { runStages } from '../../lib/dist/pipeline/runner';
import { closure, onDevice, stage, type StageNode } from '../../lib/dist/pipeline/stage';
import { Store } from '../../lib/dist/pipeline/store';
import { freshFolder } from '../support/folders';

const card: Device = { provider: 'webgpu', name: 'a card', oneAtATime: true };
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
        { label: `${i}`, config, inputs: Object.fromEntries(inputs), threads: node.threads },
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
    const folder = freshFolder();
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

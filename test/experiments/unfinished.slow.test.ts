/**
 * A language stage killed in the middle goes on from what it had done and ends with the bytes of one that ran
 * through: LF, PT and FT in a process that kills itself (SIGKILL) as soon as something was kept. Runs the
 * compiled library.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { experiment } from '../../lib/dist/experiments/experiment';
import { profile } from '../../lib/dist/experiments/profiles';
import { runStages } from '../../lib/dist/pipeline/runner';
import { runStage } from '../../lib/dist/pipeline/runStage';
import type { StageNode } from '../../lib/dist/pipeline/stage';
import { Store, UNFINISHED } from '../../lib/dist/pipeline/store';
import {
  sweepUnfinished,
  unfinishedStages,
  verifyUnfinished,
} from '../../lib/dist/pipeline/unfinishedStages';
import { freshFolder } from '../support/folders';
import { elephantAt } from '../support/elephant';

const TINY = profile('smoke', [
  'language.layers=2',
  'language.sentences=200',
  'pretrain.epochs=2',
  'finetune.epochs=2',
  'finetune.patience=2',
  'pretrainingDomains=["Clothing"]',
]);
const nodes: Record<string, StageNode> = {
  LF: experiment(TINY).lf(),
  PT: experiment(TINY).pt(),
  FT: experiment(TINY).recformer('Pantry'),
};
const folder = freshFolder();
const whole = new Store(join(folder, 'whole'));
const killed = (name: string): Store => new Store(join(folder, `killed-${name}`));

/**
 * Runs a stage, saves after every update, and dies at the first sign of life after a part of it was saved.
 */
const CHILD = `
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const [node, storeFolder, part, unfinished] = JSON.parse(process.argv[2]);
const dist = ${JSON.stringify(join(__dirname, '../../lib/dist/pipeline'))};
const { Store } = require(join(dist, 'store.js'));
require(join(dist, 'runStage.js')).runStage(node, new Store(storeFolder), {
  signal: new AbortController().signal,
  saveEvery: 0,
  progress: () =>
    existsSync(join(unfinished, part)) &&
    readdirSync(join(unfinished, part)).some((name) => name.endsWith('.safetensors')) &&
    process.kill(process.pid, 'SIGKILL'),
});`;

function kill(name: string, part: string): Store {
  const store = killed(`${name}-${part}`);
  cpSync(whole.folder, store.folder, { recursive: true });
  rmSync(store.path(nodes[name]), { recursive: true });
  const { signal } = spawnSync(process.execPath, [
    join(folder, 'child.js'),
    JSON.stringify([nodes[name], store.folder, part, store.unfinished(nodes[name])]),
  ]);
  expect(signal).toBe('SIGKILL');
  expect(store.has(nodes[name])).toBe(false);
  return store;
}

/** `elephant store ... --json`. */
async function elephantStore(store: Store, ...words: string[]): Promise<unknown> {
  const env = { ELEPHANT_STORE: store.folder };
  return JSON.parse((await elephantAt({ env }, 'store', ...words, '--json')).out);
}

const stored = (store: Store, node: StageNode): Buffer[] =>
  ['result.json', 'arrays.safetensors'].map((file) => readFileSync(join(store.path(node), file)));

/** Runs a stage here; returns the shares that it reported. */
async function run(node: StageNode, store: Store): Promise<number[]> {
  const shares: number[] = [];
  await runStage(node, store, {
    signal: new AbortController().signal,
    progress: (share) => shares.push(share),
  });
  return shares;
}

/** What a fine-tuning has done when a part of it begins. */
const SHARE_BEFORE: Record<string, number> = { FT2: 1 / 3, trainable: 2 / 3 };
/** The first share that is of `part`. */
const firstOf = (part: string, shares: readonly number[]): number =>
  shares.find((share) => share > (SHARE_BEFORE[part] ?? -1))!;
const ran: Record<string, number[]> = {};

beforeAll(async () => {
  writeFileSync(join(folder, 'child.js'), CHILD);
  await runStages(
    Object.values(nodes)
      .flatMap(({ inputs }) => Object.values(inputs))
      .filter(({ key }) => Object.values(nodes).every((node) => node.key !== key)),
    { store: whole },
  );
  for (const [name, node] of Object.entries(nodes)) ran[name] = await run(node, whole);
  expect(existsSync(join(whole.folder, UNFINISHED))).toBe(false);
}, 120_000);

describe.each([
  ['LF', 'LF'],
  ['FT', 'FT1'],
  ['FT', 'FT2'],
  ['FT', 'trainable'],
])('%s, killed in %s', (name, part) => {
  test('resumes from there to the same bytes, and leaves nothing', async () => {
    const store = kill(name, part);
    expect(unfinishedStages(store)).toMatchObject([{ folder: store.unfinished(nodes[name]), stale: false }]);
    expect(await verifyUnfinished(store.unfinished(nodes[name]))).toBeUndefined();
    expect(sweepUnfinished(store)).toBe(0);
    expect(firstOf(part, await run(nodes[name], store))).toBeGreaterThan(firstOf(part, ran[name]));
    expect(stored(store, nodes[name])).toEqual(stored(whole, nodes[name]));
    expect(existsSync(join(store.folder, UNFINISHED))).toBe(false);
  }, 120_000);
});

test('the runner resumes from what a killed process left', async () => {
  const store = kill('PT', 'PT');
  const shares: number[] = [];
  await runStages([nodes.PT], {
    store,
    onUpdate: ({ running }) => running.forEach(({ share }) => share > 0 && shares.push(share)),
  });
  expect(shares[0]).toBeGreaterThan(ran.PT[0]);
  expect(stored(store, nodes.PT)).toEqual(stored(whole, nodes.PT));
  expect(existsSync(join(store.folder, UNFINISHED))).toBe(false);
}, 120_000);

test('what is damaged is named, set aside and computed again', async () => {
  const store = kill('LF', 'LF');
  const kept = store.unfinished(nodes.LF);
  expect(await elephantStore(store, 'verify')).toEqual({
    checked: store.list().length,
    unfinished: 1,
    damaged: [],
  });
  expect(await elephantStore(store, 'gc')).toEqual({ removed: 0, unfinished: 1 });
  for (const name of readdirSync(join(kept, 'LF')))
    writeFileSync(join(kept, 'LF', name), readFileSync(join(kept, 'LF', name)).subarray(0, -5));
  expect(await verifyUnfinished(kept)).toMatch(/LF\/step-\d+\.safetensors: .*damaged/);
  expect(await elephantStore(store, 'verify')).toMatchObject({
    unfinished: 1,
    damaged: [{ folder: kept, problem: expect.stringContaining('damaged') as string }],
  });
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const shares = await run(nodes.LF, store);
  const lines = said.mock.calls.map(([line]) => String(line));
  said.mockRestore();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^elephant: the saved progress of "language model \(LF\)" .* set aside, the stage starts again\n$/,
  );
  expect(shares).toEqual(ran.LF);
  expect(stored(store, nodes.LF)).toEqual(stored(whole, nodes.LF));
  expect(unfinishedStages(store)).toMatchObject([{ stale: true }]);
  expect(sweepUnfinished(store)).toBe(1);
}, 120_000);

test('nothing is taken from another stage: the folder of one key holds nothing for another', async () => {
  const store = kill('LF', 'LF');
  const other = experiment(TINY)
    .with({ language: { ...TINY.language, learningRate: 1e-4 } })
    .lf();
  expect(basename(store.unfinished(other))).not.toBe(basename(store.unfinished(nodes.LF)));
  // Even where a folder has been moved by hand.
  cpSync(store.unfinished(nodes.LF), store.unfinished(other), { recursive: true });
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await run(other, store)).toEqual(ran.LF);
  expect(said.mock.calls.join('')).toMatch(/fingerprint\.stage/);
  said.mockRestore();
  expect(
    unfinishedStages(store)
      .map(({ stale }) => stale)
      .sort(),
  ).toEqual([false, true]);
  expect(await elephantStore(store, 'gc', '--unfinished')).toEqual({ removed: 2, unfinished: 0 });
}, 120_000);

/**
 * The runner with real worker processes: order, reuse, failure, crash, interruption, two coordinators. Runs
 * the compiled library.
 */
import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Device } from '../../lib/dist/engine/types';
import { runStages } from '../../lib/dist/pipeline/runner';
import type { RunStatus } from '../../lib/dist/pipeline/runState';
import { onDevice, stage, type StageKind, type StageNode } from '../../lib/dist/pipeline/stage';
import { Store } from '../../lib/dist/pipeline/store';
import { thisProcess } from '../../lib/dist/processIdentity';
import { groupIsGone } from '../cli/groupIsGone';
import { freshFolder } from '../support/folders';

const storeProblem = JSON.stringify(join(__dirname, '../../lib/dist/pipeline/storeProblem.js'));
const deviceError = JSON.stringify(join(__dirname, '../../lib/dist/engine/providers/deviceError.js'));

/** Adds its inputs to `value`, and leaves a trace of each run in `log`. */
const CODE = `
const { appendFileSync } = require('node:fs');
exports.run = async (config, inputs, context) => {
  appendFileSync(config.log, config.name + '\\n');
  context.progress(0.1, 'started');
  if (config.wait) await new Promise((resolve) => setTimeout(resolve, config.wait));
  if (config.fail) throw new Error('no luck');
  if (config.crash) process.exit(3);
  if (config.killed) process.kill(process.pid, 'SIGKILL');
  if (config.full) {
    const { storeProblem } = require(${storeProblem});
    throw storeProblem('folder', 'it', Object.assign(new Error('x'), { code: 'ENOSPC' }));
  }
  if (config.lost) {
    const { DeviceError } = require(${deviceError});
    throw new DeviceError('webgpu', '"train"', new Error('Device lost'));
  }
  const value = Object.values(inputs).reduce((sum, { json }) => sum + json.value, config.value);
  return { json: { value }, arrays: {} };
};`;

let folder: string;
let store: Store;
let kind: StageKind;

beforeEach(() => {
  folder = freshFolder();
  writeFileSync(join(folder, 'add.js'), CODE);
  kind = { name: 'add', file: join(folder, 'add.js') };
  store = new Store(join(folder, 'store'));
});

const node = (
  name: string,
  value: number,
  inputs: Record<string, StageNode> = {},
  more: Record<string, number | boolean> = {},
): StageNode =>
  stage(kind, { label: name, config: { name, value, log: join(folder, 'log'), ...more }, inputs });
const ran = (): string[] => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').sort();

test('computes each stage once, inputs first, and nothing the second time', async () => {
  const a = node('a', 1);
  const b = node('b', 10, { a });
  const c = node('c', 100, { a });
  const d = node('d', 1000, { b, c });
  const updates: RunStatus[] = [];
  await runStages([d, b], { store, workers: 2, onUpdate: (status) => updates.push(status) });
  expect(store.read(d)?.json).toEqual({ value: 1000 + 11 + 101 });
  expect(ran()).toEqual(['a', 'b', 'c', 'd']);
  expect(updates.at(-1)).toMatchObject({ total: 4, done: 4, fromStore: 0, running: [] });
  await runStages([d], { store, workers: 2 });
  expect(ran()).toEqual(['a', 'b', 'c', 'd']);
});

test('a stage of several threads that others wait for is not overtaken by those of one thread', async () => {
  const start = node('start', 1, {}, { wait: 50 });
  const wide = stage(kind, {
    label: 'wide',
    config: { name: 'wide', value: 1, log: join(folder, 'log') },
    inputs: { start },
    threads: 2,
  });
  const after = node('after', 1, { wide });
  const beside = ['p', 'q', 'r'].map((name) => node(name, 1, {}, { wait: 150 }));
  await runStages([after, ...beside], { store, workers: 2 });
  // However slowly a process starts: after "start" comes at most what ran beside it, then "wide".
  const log = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
  expect(log).toEqual(expect.arrayContaining(['start', 'wide']));
  const between = log.slice(log.indexOf('start') + 1, log.indexOf('wide'));
  expect(log.indexOf('wide'), log.join(', ')).toBeGreaterThan(log.indexOf('start'));
  expect(between.length, log.join(', ')).toBeLessThanOrEqual(1);
});

test('a failure and a crash stop what depends on them and nothing else', async () => {
  const bad = node('bad', 1, {}, { fail: true });
  const crash = node('crash', 1, {}, { crash: true });
  const after = node('after', 1, { bad });
  const good = node('good', 1);
  const later = node('later', 1, { good });
  const outcome = runStages([crash, after, later], { store, workers: 2 });
  await expect(outcome).rejects.toMatchObject({ name: 'StagesFailed' });
  await expect(outcome).rejects.toThrow(/2 stages failed, 1 not run[^]*no luck|exit code 3/);
  expect(store.has(later)).toBe(true);
  expect(store.has(after)).toBe(false);
});

test('of a worker that the system killed, the message says why that may be and what to do', async () => {
  const outcome = runStages([node('killed', 1, {}, { killed: true })], { store, workers: 1 });
  await expect(outcome).rejects.toThrow(/ended \(SIGKILL\), .* memory runs out\. Use fewer --workers/);
});

test('a disk that is full stops the run: what is running ends, nothing else is started', async () => {
  const full = node('full', 1, {}, { full: true });
  const others = Array.from({ length: 5 }, (_, i) => node(`later${i}`, i));
  const outcome = runStages([full, ...others], { store, workers: 1 });
  await expect(outcome).rejects.toThrow(/1 stage failed, 5 not run because of that[^]*no space left/);
  // No stack: nothing in the code is at fault.
  await expect(outcome).rejects.toMatchObject({
    failures: [{ stack: expect.stringMatching(/^folder: no space left[^\n]*$/) as string }],
  });
  expect(ran()).toEqual(['full']);
});

test('a card that fails stops the run with one message, and no other stage is tried on it', async () => {
  const card: Device = { provider: 'webgpu', name: 'a card', oneAtATime: true };
  const before = node('before', 1);
  const lost = onDevice(node('lost', 1, {}, { lost: true }), card);
  const others = Array.from({ length: 3 }, (_, i) => onDevice(node(`later${i}`, i), card));
  const outcome = runStages([before, lost, ...others], { store, workers: 1 });
  const message = 'webgpu: the device failed during "train": Device lost. Resume from the last checkpoint';
  await expect(outcome).rejects.toThrow(/1 stage failed, 3 not run because of that/);
  await expect(outcome).rejects.toMatchObject({
    failures: [{ label: 'lost', stack: expect.stringMatching(new RegExp(`^${message}[^\n]*$`)) as string }],
  });
  expect(ran()).toEqual(['before', 'lost']);
  expect(store.has(before)).toBe(true);
});

test('of a kind that goes one at a time never two run at once; others run beside it', async () => {
  const heavy: StageKind = { ...kind, name: 'heavy', oneAtATime: true };
  const nodes = [0, 1].map((i) =>
    stage(heavy, {
      label: `heavy${i}`,
      config: { name: `heavy${i}`, value: i, log: join(folder, 'log'), wait: 300 },
    }),
  );
  const others = [0, 1].map((i) => node(`other${i}`, i, {}, { wait: 300 }));
  const seen: string[][] = [];
  await runStages([...nodes, ...others], {
    store,
    workers: 2,
    onUpdate: ({ running }) => seen.push(running.map(({ label }) => label)),
  });
  expect(seen.some((labels) => labels.filter((label) => label.startsWith('heavy')).length > 1)).toBe(false);
  expect(seen.some((labels) => labels.length === 2)).toBe(true);
  expect(ran()).toHaveLength(4);
});

test('stages on one device never run at once, whatever their kind; CPU stages run beside them', async () => {
  const device: Device = { provider: 'webgpu', name: 'a card', oneAtATime: true };
  const wait = { wait: 300 };
  const onCard = [0, 1].map((i) => onDevice(node(`card${i}`, i, {}, wait), device));
  const other: StageKind = { ...kind, name: 'other' };
  onCard.push(
    onDevice(
      stage(other, { label: 'card2', config: { name: 'card2', value: 2, log: join(folder, 'log') } }),
      device,
    ),
  );
  const onCpu = [0, 1].map((i) => node(`cpu${i}`, i, {}, wait));
  const seen: string[][] = [];
  await runStages([...onCard, ...onCpu], {
    store,
    workers: 3,
    onUpdate: ({ running }) => seen.push(running.map(({ label }) => label)),
  });
  expect(seen.some((labels) => labels.filter((label) => label.startsWith('card')).length > 1)).toBe(false);
  expect(seen.some((labels) => labels.length > 1)).toBe(true);
  expect(ran()).toHaveLength(5);
});

test('a device is in the key and gives the stage its provider; without one nothing changes', async () => {
  const device = (name: string): Device => ({ provider: 'cuda', name, oneAtATime: true });
  const plain = node('plain', 1);
  expect(onDevice(plain, undefined)).toBe(plain);
  const keys = [plain, onDevice(plain, device('one')), onDevice(plain, device('other'))].map(
    ({ key }) => key,
  );
  expect(new Set(keys).size).toBe(3);

  writeFileSync(
    join(folder, 'where.js'),
    'exports.run = async (config, inputs, { device }) => ({ json: device ?? null, arrays: {} });',
  );
  const where = stage({ name: 'where', file: join(folder, 'where.js') }, { label: 'where', config: {} });
  const there = onDevice(where, device('one'));
  await runStages([where, there], { store, workers: 1 });
  expect(store.read(where)?.json).toBe(null);
  expect(store.read(there)?.json).toEqual(device('one'));
});

test('an interrupted run stops at once; the next one resumes from what was finished', async () => {
  const quick = node('quick', 1);
  const slow = node('slow', 1, { quick }, { wait: 3000 });
  const controller = new AbortController();
  const started = performance.now();
  const run = runStages([slow], {
    store,
    workers: 1,
    signal: controller.signal,
    onUpdate: ({ running }) =>
      running[0]?.label === 'slow' && running[0].message === 'started' && controller.abort(),
  });
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  expect(performance.now() - started).toBeLessThan(2500);
  expect([store.has(quick), store.has(slow)]).toEqual([true, false]);
  await runStages([slow], { store, workers: 1 });
  expect(ran()).toEqual(['quick', 'slow', 'slow']);
});

test('two coordinators compute nothing twice', async () => {
  const a = node('a', 1, {}, { wait: 300 });
  const b = node('b', 1, { a }, { wait: 100 });
  let waitedFor: number | undefined;
  const second = runStages([b], {
    store,
    workers: 1,
    onUpdate: (status) => (waitedFor ??= status.waitingFor),
  });
  await Promise.all([runStages([b], { store, workers: 1 }), second]);
  expect(ran()).toEqual(['a', 'b']);
});

test('the lock of a process that is gone is taken over', async () => {
  await runStages([node('first', 1)], { store, workers: 1 });
  writeFileSync(join(store.folder, 'lock'), JSON.stringify({ ...thisProcess(), pid: 2147483646 }));
  await runStages([node('second', 1)], { store, workers: 1 });
  expect(ran()).toEqual(['first', 'second']);
});

test('nothing is left running after an interruption, although stages were waiting', async () => {
  const waiting = Array.from({ length: 4 }, (_, i) => node(`w${i}`, i, {}, { wait: 60_000 }));
  const controller = new AbortController();
  const run = runStages(waiting, {
    store,
    workers: 2,
    signal: controller.signal,
    onUpdate: ({ running }) => running[0]?.message === 'started' && controller.abort(),
  });
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  await expect
    .poll(() => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length, {
      timeout: 5000,
    })
    .toBe(0);
  expect(ran().length).toBeLessThanOrEqual(2);
});

test.skipIf(process.platform === 'win32')(
  'workers whose coordinator was killed end without a word',
  async () => {
    const chatty = join(folder, 'chatty.js');
    writeFileSync(
      chatty,
      `exports.run = async (_, __, { progress }) => {
      progress(0.1, 'works');
      await new Promise((resolve) => setTimeout(resolve, 100));
      // Computes while the coordinator is killed, and hears of it only after it has written to it.
      for (const until = Date.now() + 1500; Date.now() < until;);
      progress(0.2, 'x'.repeat(1e6));
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    };`,
    );
    const library = (name: string): string =>
      JSON.stringify(join(__dirname, '../../lib/dist/pipeline', name));
    const code = `const { runStages } = require(${library('runner.js')});
    const { stage } = require(${library('stage.js')});
    const { Store } = require(${library('store.js')});
    runStages([stage({ name: 'chatty', file: ${JSON.stringify(chatty)} }, { label: 'chatty', config: {} })], {
      store: new Store(${JSON.stringify(store.folder)}),
      workers: 1,
      onUpdate: ({ running }) => running[0]?.message && console.log('works'),
    });`;
    const said = join(folder, 'stderr');
    const child = spawn(process.execPath, ['-e', code], {
      detached: true,
      stdio: ['ignore', 'pipe', openSync(said, 'w')],
    });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGKILL');
    await expect.poll(() => groupIsGone(child.pid as number), { timeout: 10_000 }).toBe(true);
    expect(readFileSync(said, 'utf8')).toBe('');
  },
);

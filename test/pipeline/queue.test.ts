/**
 * Runs over a queue with a real Redis and worker machines in processes of their own: order, sharing, failure,
 * refusal, takeover, outage. Runs the compiled library.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { queueName } from '../../lib/dist/pipeline/queue/heartbeat';
import { openRedis, versionProblem } from '../../lib/dist/pipeline/queue/redis';
import { runOnQueue } from '../../lib/dist/pipeline/queue/runOnQueue';
import {
  ForeignJob,
  OtherCode,
  stageJob,
  stageOf,
  type StageJob,
} from '../../lib/dist/pipeline/queue/stageJob';
import type { RunStatus } from '../../lib/dist/pipeline/runState';
import { openSharedStore, type SharedStore } from '../../lib/dist/pipeline/sharedStore';
import type { Device } from '../../lib/dist/engine/types';
import { onDevice, stage, type StageKind, type StageNode } from '../../lib/dist/pipeline/stage';
import { noRedis, PASSWORD, RedisServer } from './redisServer';
import { freePort } from './s3Server';
import { pattern } from '../pattern';
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

const device: Device = { provider: 'webgpu', name: 'Made card', oneAtATime: true };
let folder: string;
let kind: StageKind;
let store: SharedStore;

beforeEach(async () => {
  folder = freshFolder();
  writeFileSync(join(folder, 'add.js'), CODE);
  kind = { name: 'add', file: join(folder, 'add.js') };
  store = await openSharedStore(join(folder, 'shared'), join(folder, 'unused'));
});
afterEach(() => vi.restoreAllMocks());

const node = (
  name: string,
  value: number,
  inputs: Record<string, StageNode> = {},
  more: Record<string, number | boolean> = {},
  of = kind,
): StageNode =>
  stage(of, { label: name, config: { name, value, log: join(folder, 'log'), ...more }, inputs });
const ran = (): string[] =>
  existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').sort() : [];
const value = (of: StageNode): unknown => store.local.read(of)?.json;

describe('a job', () => {
  const kinds = (): Record<string, StageKind> => ({ add: kind });
  const sent = (of: StageNode, changes: object = {}): unknown =>
    JSON.parse(JSON.stringify({ ...stageJob(of), ...changes }));

  test('is the stage again on the other side, without paths of the sender', () => {
    const b = node('b', 2, { a: node('a', 1) });
    const back = stageOf(b.key, sent(b), kinds());
    expect(back).toMatchObject({ kind, key: b.key, config: b.config, threads: 1, sources: {} });
    expect(back.inputs.a).toMatchObject({ kind, key: b.inputs.a.key });
    expect(JSON.stringify(sent(b))).not.toContain('add.js');
  });

  test.each<[string, (job: StageJob) => unknown]>([
    ['no object', () => 'rm -rf'],
    ['nothing', () => null],
    ['another format', (job) => ({ ...job, format: 2 })],
    ['more than we send', (job) => ({ ...job, file: 'evil.js' })],
    ['an unknown kind', (job) => ({ ...job, kind: 'toString' })],
    ['a kind that is a path', (job) => ({ ...job, kind: '../../evil' })],
    ['an unknown kind of input', (job) => ({ ...job, inputs: { a: { ...job.inputs.a, kind: '../x' } } })],
    ['another configuration', (job) => ({ ...job, config: { ...(job.config as object), value: 7 } })],
    ['another input', (job) => ({ ...job, inputs: { a: { ...job.inputs.a, key: '0'.repeat(64) } } })],
    ['more threads', (job) => ({ ...job, threads: 2 })],
    ['threads without end', (job) => ({ ...job, threads: 1e9 })],
    ['a key that is none', (job) => ({ ...job, key: '../../x' })],
  ])('with %s is refused', (_, change) => {
    const b = node('b', 2, { a: node('a', 1) });
    expect(() => stageOf(b.key, change(sent(b) as StageJob), kinds())).toThrow(ForeignJob);
  });

  test('of a device is that stage again, and refused for another device', () => {
    const b = onDevice(node('b', 2, { a: node('a', 1) }), device);
    expect(stageOf(b.key, sent(b), kinds())).toMatchObject({ key: b.key, device, threads: 1 });
    const other = { ...device, name: 'Card of another' };
    for (const changes of [{ device: other }, { device: undefined }, { device: { ...device, path: 'x' } }])
      expect(() => stageOf(b.key, sent(b, changes), kinds())).toThrow(ForeignJob);
  });

  test('under the id of another is refused', () => {
    expect(() => stageOf(node('a', 1).key, sent(node('b', 1)), kinds())).toThrow(/the key of "b"/);
  });

  test('for other code is refused, and says which version it wants', () => {
    const job = sent(node('a', 1), { version: '9.9.9' });
    const file = join(folder, 'other.js');
    writeFileSync(file, `${CODE}// changed`);
    expect(() => stageOf(node('a', 1).key, job, { add: { name: 'add', file } })).toThrow(OtherCode);
    expect(() => stageOf(node('a', 1).key, job, { add: { name: 'add', file } })).toThrow(
      pattern(
        /"a" needs elephant 9.9.9 with code [0-9a-f]{12} of add; /,
        /this machine has \d+\.\d+\.\d+ with [0-9a-f]{12}/,
      ),
    );
  });
});

describe('the address of Redis', () => {
  const { signal } = new AbortController();

  test.each([
    'localhost:6379',
    'http://host:1',
    `redis://:${PASSWORD}@host:x`,
    `redis://:${PASSWORD}@host/name`,
    '',
  ])('%j is refused, and not repeated', async (address) => {
    const outcome = openRedis(address, signal);
    await expect(outcome).rejects.toThrow(/^--queue: expected redis:\/\/host:port/);
    await expect(outcome).rejects.not.toThrow(PASSWORD);
  });

  test('that does not answer is reported after a while', async () => {
    const port = await freePort();
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const outcome = openRedis(`redis://:${PASSWORD}@127.0.0.1:${port}`, signal, 1);
    await expect(outcome).rejects.toThrow(
      `redis://127.0.0.1:${port}: expected Redis, got ECONNREFUSED for 1 s. Check the address`,
    );
    expect(said.mock.calls.join('')).toContain(
      `waiting for Redis: redis://127.0.0.1:${port} does not answer`,
    );
    expect(said.mock.calls.join('')).not.toContain(PASSWORD);
  });

  test('of a server of another kind is reported', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(openRedis(`redis://127.0.0.1:${port}`, signal, 1)).rejects.toThrow(/expected Redis, got/);
    server.close();
  });

  test('with a version that is too old is reported', () => {
    expect(versionProblem('redis_version:7.0.15\r\n')).toBeUndefined();
    expect(versionProblem('redis_version:6.2.0\r\n')).toBeUndefined();
    expect(versionProblem('redis_version:6.0.16\r\n')?.[0]).toBe('expected Redis 6.2 or newer, got 6.0.16');
    expect(versionProblem('')?.[0]).toContain('got none');
  });
});

const missing = noRedis();
if (missing !== undefined) process.stderr.write(`queue.test.ts: no queue: ${missing}\n`);

describe.skipIf(missing !== undefined)('a queue', () => {
  let redis: RedisServer;
  let client: Redis;
  const machines: ChildProcess[] = [];
  beforeAll(async () => {
    redis = await RedisServer.start();
    client = new Redis(redis.address, { retryStrategy: () => 100, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    await client.ping();
  });
  afterEach(async () => {
    for (const machine of machines.splice(0)) machine.kill('SIGKILL');
    await Promise.all(queues.splice(0).map((queue) => queue.close()));
    await client.flushall();
  });
  afterAll(async () => {
    client.disconnect();
    await redis.kill();
  });

  const queues: Queue[] = [];
  function queueOfStages(): Queue {
    const queue = new Queue(queueName(store), { connection: client });
    queue.on('error', () => undefined);
    queues.push(queue);
    return queue;
  }

  interface Machine {
    child: ChildProcess;
    said: () => string;
    ended: Promise<number | null>;
  }
  function machine(settings: object = {}): Machine {
    const all = { queue: redis.address, place: store.place, local: '', file: kind.file, ...settings };
    const child = spawn(process.execPath, [join(__dirname, 'worker.cjs'), JSON.stringify(all)]);
    machines.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return { child, said: () => said, ended: new Promise((resolve) => child.once('exit', resolve)) };
  }
  const run = (
    targets: readonly StageNode[],
    onUpdate?: (status: RunStatus) => void,
    signal?: AbortSignal,
  ): Promise<void> => runOnQueue(targets, { queue: redis.address, store, onUpdate, signal });
  const started = (name: string): Promise<void> =>
    expect.poll(() => ran().includes(name), { timeout: 60_000 }).toBe(true);

  test('computes each stage once, inputs first, and asks nobody the second time', async () => {
    const a = node('a', 1);
    const b = node('b', 10, { a });
    const c = node('c', 100, { a });
    const d = node('d', 1000, { b, c });
    machine();
    machine();
    const updates: RunStatus[] = [];
    await run([d, b], (status) => updates.push(status));
    expect(value(d)).toEqual({ value: 1000 + 11 + 101 });
    expect(ran()).toEqual(['a', 'b', 'c', 'd']);
    expect(updates.at(-1)).toMatchObject({ total: 4, done: 4, fromStore: 0, running: [] });
    await runOnQueue([d], { queue: 'redis://127.0.0.1:9', store });
    expect(ran()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('shows what runs, and where', async () => {
    machine();
    const seen: string[] = [];
    await run([node('slow', 1, {}, { wait: 2500 })], ({ running }) =>
      seen.push(...running.map(({ label, message }) => `${label}: ${message}`)),
    );
    expect(seen.some((line) => /^slow: started \(.+:\d+\)$/.test(line))).toBe(true);
  });

  test('two coordinators share the work', async () => {
    const a = node('a', 1, {}, { wait: 500 });
    const b = node('b', 1, { a }, { wait: 100 });
    machine();
    machine();
    await Promise.all([run([b]), run([b])]);
    expect(ran()).toEqual(['a', 'b']);
  });

  test('machines of another store on the same Redis do not meddle', async () => {
    const other = await openSharedStore(join(folder, 'other'), '');
    const a = node('a', 1);
    machine({ place: other.place });
    await runOnQueue([a], { queue: redis.address, store: other });
    const running = run([a]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(store.local.has(a)).toBe(false);
    machine();
    await running;
    expect(ran()).toEqual(['a', 'a']);
  });

  test('what most others wait for goes first', async () => {
    const chain = node('chain', 1);
    const middle = node('middle', 1, { chain });
    const end = node('end', 1, { middle });
    const others = ['p', 'q', 'r'].map((name) => node(name, 1));
    const running = run([...others, end]);
    const queue = queueOfStages();
    await expect.poll(() => queue.count()).toBe(4);
    machine();
    await running;
    const order = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
    expect(order[0]).toBe('chain');
  });

  test('a failure stops what depends on it and nothing else', async () => {
    const bad = node('bad', 1, {}, { fail: true });
    const after = node('after', 1, { bad });
    const good = node('good', 1);
    const later = node('later', 1, { good });
    machine();
    await expect(run([after, later])).rejects.toThrow(/1 stage failed, 1 not run[^]*bad: Error: no luck/);
    expect([value(later), value(after)]).toEqual([{ value: 2 }, undefined]);
    // Failed before, tried again.
    await expect(run([after])).rejects.toThrow(/no luck/);
    expect(ran()).toEqual(['bad', 'bad', 'good', 'later']);
  });

  test('a damaged input is computed again, then the stage that wants it', async () => {
    const a = node('a', 1);
    const b = node('b', 1, { a });
    machine();
    await run([a]);
    const running = run([b]);
    writeFileSync(join(store.local.path(a), 'result.json'), '{}');
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await running;
    expect(value(b)).toEqual({ value: 2 });
    expect(ran()).toEqual(['a', 'a', 'b']);
  });

  test('of a kind that goes one at a time a machine never runs two at once', async () => {
    const heavy: StageKind = { ...kind, name: 'heavy', oneAtATime: true };
    const nodes = [0, 1].map((i) => node(`heavy${i}`, i, {}, { wait: 1500 }, heavy));
    machine({ workers: 3 });
    let most = 0;
    await run(nodes, ({ running }) => (most = Math.max(most, running.length)));
    expect([most, ran()]).toEqual([1, ['heavy0', 'heavy1']]);
  });

  test('a job that is not ours is dropped with a line, and nothing of it is run', async () => {
    const { said } = machine();
    const queue = queueOfStages();
    const evil = join(folder, 'evil.js');
    writeFileSync(evil, `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'evil'))}, '')`);
    await queue.add('x', { kind: { name: 'add', file: evil } });
    await queue.add('x', { ...stageJob(node('a', 1)), kind: evil }, { jobId: 'another' });
    await queue.add('x', { ...stageJob(node('a', 1)), config: { value: 3 } });
    await expect.poll(() => said().match(/not ours/g)?.length, { timeout: 30_000 }).toBe(3);
    await run([node('good', 1)]);
    expect(ran()).toEqual(['good']);
    expect(existsSync(join(folder, 'evil'))).toBe(false);
    expect(await queue.getJobCounts('failed', 'active', 'wait')).toEqual({ failed: 0, active: 0, wait: 0 });
  });

  test('a worker with other code gives the job back, says what it wants and ends with 2', async () => {
    const file = join(folder, 'other.js');
    writeFileSync(file, `${CODE}// changed`);
    const other = machine({ file });
    const heard = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const running = run([node('a', 1)]);
    expect(await other.ended).toBe(2);
    expect(other.said()).toMatch(
      pattern(
        /^worker: .+: "a" needs elephant \S+ with code \w{12} of add; /,
        /this machine has .+Install the coordinator's version/,
      ),
    );
    machine();
    await running;
    expect(ran()).toEqual(['a']);
    expect(heard.mock.calls.join('')).toMatch(/leaves a stage to others: "a" needs elephant/);
  });

  test('a worker without the files that a stage reads leaves it to another', async () => {
    const without = machine({ lacks: 'a' });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const running = run([node('a', 1), node('b', 1)]);
    await expect
      .poll(() => without.said(), { timeout: 30_000 })
      .toContain('left to other workers: "a" needs');
    machine();
    await running;
    expect(ran()).toEqual(['a', 'b']);
    expect(without.said()).not.toMatch(/^a$/m);
  });

  test('stages of a device go to the worker that has it, one at a time; others have the rest', async () => {
    const plain = machine({ workers: 2 });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const onCard = [0, 1].map((i) => onDevice(node(`card${i}`, i, {}, { wait: 1000 }), device));
    const sum = node('sum', 1, { a: onCard[0], b: onCard[1] });
    let most = 0;
    const running = run([sum], (status) => (most = Math.max(most, status.running.length)));
    await expect
      .poll(() => plain.said(), { timeout: 30_000 })
      .toContain('"card0" is for webgpu on "Made card"; this worker has the CPU only');
    const card = machine({ workers: 3, device });
    await running;
    expect([most, ran()]).toEqual([1, ['card0', 'card1', 'sum']]);
    expect(card.said()).toMatch(/^card0$[^]*^card1$|^card1$[^]*^card0$/m);
    expect(plain.said()).not.toMatch(/^card/m);
  });

  test('a worker whose disk is full gives the stage back and ends with 2', async () => {
    const full = machine();
    const controller = new AbortController();
    const running = run([node('a', 1, {}, { full: true })], undefined, controller.signal);
    expect(await full.ended).toBe(2);
    expect(full.said()).toMatch(/no space left on the disk for it[^]*Free some space/);
    const queue = queueOfStages();
    expect(await queue.getJobCounts('prioritized', 'active')).toEqual({ prioritized: 1, active: 0 });
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a worker whose card fails gives the stage back and ends with 2', async () => {
    const a = onDevice(node('a', 1, {}, { lost: true }), device);
    const lost = machine({ device });
    const controller = new AbortController();
    const running = run([a], undefined, controller.signal);
    expect(await lost.ended).toBe(2);
    expect(lost.said()).toMatch(/the device failed during "train": Device lost\. Resume from the last/);
    const queue = queueOfStages();
    expect(await queue.getJobCounts('prioritized', 'active')).toEqual({ prioritized: 1, active: 0 });
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('the stages of a killed worker are taken over; those of a stopped one at once', async () => {
    const a = node('a', 1, {}, { wait: 4000 });
    const [killed] = [machine()];
    const running = run([a]);
    await started('a');
    killed.child.kill('SIGKILL');
    const stopped = machine();
    await expect.poll(() => ran().length, { timeout: 60_000 }).toBe(2);
    stopped.child.kill('SIGTERM');
    expect(await stopped.ended).toBe(130);
    machine();
    await running;
    expect(ran()).toEqual(['a', 'a', 'a']);
  });

  test('a coordinator that was killed finds what went on without it', async () => {
    const a = node('a', 1, {}, { wait: 1500 });
    const b = node('b', 1, { a });
    machine();
    const controller = new AbortController();
    const first = run([b], undefined, controller.signal);
    await started('a');
    controller.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await run([b]);
    expect(ran()).toEqual(['a', 'b']);
  });

  test('Redis that is killed is waited for, with a message, and nothing is computed twice', async () => {
    const a = node('a', 1, {}, { wait: 4000 });
    const b = node('b', 1, { a });
    const { said } = machine();
    const heard = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const running = run([b]);
    await started('a');
    await redis.kill();
    await expect.poll(said, { timeout: 10_000 }).toContain(`waiting for Redis: ${redis.place}`);
    redis.start();
    await running;
    expect(ran()).toEqual(['a', 'b']);
    expect(heard.mock.calls.join('')).toContain(`${redis.place} answers again`);
    expect(said() + heard.mock.calls.join('')).not.toContain(PASSWORD);
  });

  test('Redis that lost everything costs nothing that runs, and gets the rest again', async () => {
    const a = node('a', 1, {}, { wait: 7000 });
    const b = node('b', 1, { a });
    const others = ['p', 'q'].map((name) => node(name, 1, {}, { wait: 500 }));
    machine();
    const running = run([b, ...others]);
    await started('a');
    await new Promise((resolve) => setTimeout(resolve, 2500)); // Heard of by the coordinator.
    await client.flushall();
    machine();
    await running;
    expect(ran()).toEqual(['a', 'b', 'p', 'q']);
  });

  test('a missing worker is reported, without the password', async () => {
    const heard = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const controller = new AbortController();
    const running = run([node('a', 1)], undefined, controller.signal);
    await expect
      .poll(() => heard.mock.calls.join(''), { timeout: 30_000 })
      .toContain(`waiting for a worker: elephant worker --queue ${redis.place} --store ${store.place}`);
    expect(heard.mock.calls.join('')).not.toContain(PASSWORD);
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a wrong clock is reported', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 600_000);
    await expect(run([node('a', 1)])).rejects.toThrow(/within a minute of Redis's, got (599|60\d) s apart/);
  });

  test.each([
    ['none', ''],
    ['another', ':wrong-password@'],
    ['that of a user who is not there', `nobody:${PASSWORD}@`],
  ])('a wrong password (%s) is said, and not repeated', async (_, credentials) => {
    const address = redis.place.replace('//', `//${credentials}`);
    const outcome = runOnQueue([node('a', 1)], { queue: address, store });
    await expect(outcome).rejects.toThrow(`${redis.place}: Redis refused the user or password`);
    await expect(outcome).rejects.not.toThrow(/wrong-password|very-secret/);
    const { ended, said } = machine({ queue: address });
    expect(await ended).toBe(2);
    expect(said()).not.toMatch(/wrong-password|very-secret/);
  });
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync, type PathLike } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { acquireLock, type Lock } from '../../lib/src/pipeline/lock';
import { thisProcess } from '../../lib/src/processIdentity';
import { freshFolder } from '../support/folders';

/** Called before each renaming. */
const { before } = vi.hoisted(() => ({ before: vi.fn() }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, renameSync: (from: PathLike, to: PathLike): void => (before(), fs.renameSync(from, to)) };
});
afterEach(() => vi.restoreAllMocks());

const GONE = JSON.stringify({ ...thisProcess(), pid: 2147483646 });
const COMPILED = join(__dirname, '../../lib/dist/pipeline/lock.js');
const linux = process.platform === 'linux';

function folderWithLock(text: string): { folder: string; file: string } {
  const folder = freshFolder();
  const file = join(folder, 'lock');
  writeFileSync(file, text);
  return { folder, file };
}

function take(folder: string, onWait: (pid: number) => void = () => undefined): Promise<Lock> {
  return acquireLock(folder, AbortSignal.timeout(60_000), onWait);
}

/** What is said on standard error while `work` is under way. */
async function said(work: () => Promise<unknown>): Promise<string> {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await work();
  return write.mock.calls.map(([text]) => String(text)).join('');
}

test('the lock of a process that is gone is taken over, and nothing is left of it', async () => {
  const { folder, file } = folderWithLock(GONE);
  const lock = await take(folder);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(thisProcess());
  expect(readdirSync(folder)).toEqual(['lock']);
  lock.release();
  expect(existsSync(file)).toBe(false);
});

test("a lock that another process takes while a stale one is removed stays that process's", async () => {
  const { folder, file } = folderWithLock(GONE);
  const theirs = JSON.stringify({ ...thisProcess(), token: 'theirs' });
  before.mockImplementationOnce(() => writeFileSync(file, theirs));
  const controller = new AbortController();
  const waitedFor: number[] = [];
  const taken = acquireLock(folder, controller.signal, (pid) => {
    waitedFor.push(pid);
    controller.abort();
  });
  await expect(taken).rejects.toMatchObject({ name: 'AbortError' });
  expect(waitedFor).toEqual([process.pid]);
  expect(readFileSync(file, 'utf8')).toBe(theirs);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test.runIf(linux)('a process that got the number of the one that took the lock is not that one', async () => {
  const { folder } = folderWithLock(JSON.stringify({ ...thisProcess(), started: '1' }));
  (await take(folder)).release();
});

test.runIf(linux)('a process that has ended, but whose parent has not noticed, is gone', async () => {
  const folder = freshFolder();
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const zombie = Number(await firstLine(parent));
    const stat = (): string => readFileSync(`/proc/${zombie}/stat`, 'utf8');
    await expect.poll(() => stat().split(' ')[2]).toBe('Z');
    const started = stat().split(' ')[21];
    writeFileSync(join(folder, 'lock'), JSON.stringify({ ...thisProcess(), pid: zombie, started }));
    (await take(folder)).release();
  } finally {
    parent.kill('SIGKILL');
  }
});

test.each(['', '{"pid": 1'])(
  'a lock file that says %j is taken over after a moment, which is told',
  async (text) => {
    const { folder, file } = folderWithLock(text);
    const told = await said(async () => (await take(folder)).release());
    expect(told).toBe(`elephant: waiting for the process that left ${file} unfinished\n`);
  },
);

test('a lock from another machine is taken over once nobody touches it any more', async () => {
  const { folder, file } = folderWithLock(
    JSON.stringify({ ...thisProcess(), numbering: 'another', host: 'a\nb' }),
  );
  const now = vi.spyOn(performance, 'now');
  const pass = async (seconds: number): Promise<void> => {
    const later = performance.now() + 1000 * seconds;
    now.mockImplementation(() => later);
    await new Promise((resolve) => setTimeout(resolve, 500));
  };
  let taken: Lock | undefined;
  const told = await said(async () => {
    const waiting = take(folder).then((lock) => (taken = lock));
    for (let beat = 1; beat <= 3; beat++) {
      await pass(8);
      utimesSync(file, beat, beat);
      await pass(1);
      expect(taken).toBeUndefined();
    }
    await pass(20);
    await waiting;
  });
  expect(told).toBe(`elephant: waiting for process ${process.pid} on "a\\nb", which holds ${file}\n`);
  taken?.release();
});

test('a waiting process says so after a moment, and continues when the lock is released', async () => {
  const { folder } = folderWithLock(GONE);
  const first = await take(folder);
  const waitedFor: number[] = [];
  const told = await said(async () => {
    const second = take(folder, (pid) => waitedFor.push(pid));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    first.release();
    (await second).release();
  });
  expect(waitedFor).toEqual([process.pid]);
  expect(told).toContain(`waiting for process ${process.pid} on "`);
  expect(told).toContain(`which holds ${join(folder, 'lock')}\n`);
  expect(told.match(/waiting/g)).toHaveLength(1);
});

const CONTAINER = ['--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc', process.execPath];
const canContain = linux && spawnSync('unshare', [...CONTAINER, '-e', '']).status === 0;
if (!canContain) console.log('Skipped: the lock of a container that was killed, which needs unshare.');

test.runIf(canContain)('a run killed as process 1 of a container does not wait for itself', async () => {
  const folder = freshFolder();
  const hold = `require(${JSON.stringify(COMPILED)})
    .acquireLock(${JSON.stringify(folder)}, new AbortController().signal, () => undefined)
    .then(() => (console.log(process.pid), setInterval(() => undefined, 1000)));`;
  for (let start = 1; start <= 2; start++) {
    const container = spawn('unshare', [...CONTAINER, '-e', hold], { stdio: ['ignore', 'pipe', 'ignore'] });
    expect(await firstLine(container)).toBe('1');
    const ended = new Promise((resolve) => container.once('exit', resolve));
    container.kill('SIGKILL');
    await ended;
  }
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) =>
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
}

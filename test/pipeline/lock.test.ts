import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync, type PathLike } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { acquireLock } from '../../lib/src/pipeline/lock';

/** Called before each renaming. */
const { before } = vi.hoisted(() => ({ before: vi.fn() }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, renameSync: (from: PathLike, to: PathLike): void => (before(), fs.renameSync(from, to)) };
});

const GONE = '2147483646';

function folderWithStaleLock(): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'elephant-lock-'));
  const file = join(folder, 'lock');
  writeFileSync(file, GONE);
  return { folder, file };
}

test('the lock of a process that is gone is taken over, and nothing is left of it', async () => {
  const { folder, file } = folderWithStaleLock();
  const lock = await acquireLock(folder, new AbortController().signal, () => undefined);
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
  expect(readdirSync(folder)).toEqual(['lock']);
  lock.release();
  expect(existsSync(file)).toBe(false);
});

test("a lock that another process takes while a stale one is removed stays that process's", async () => {
  const { folder, file } = folderWithStaleLock();
  const other = process.ppid;
  before.mockImplementationOnce(() => writeFileSync(file, String(other)));
  const controller = new AbortController();
  const waitedFor: number[] = [];
  const taken = acquireLock(folder, controller.signal, (pid) => {
    waitedFor.push(pid);
    controller.abort();
  });
  await expect(taken).rejects.toMatchObject({ name: 'AbortError' });
  expect(waitedFor).toEqual([other]);
  expect(readFileSync(file, 'utf8')).toBe(String(other));
  expect(readdirSync(folder)).toEqual(['lock']);
});

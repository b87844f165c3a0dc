/** Files as people bring them, made for a test: ann and bob, four items each, oldest last. */
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Dataset } from '../../lib/src/data';
import {
  describeReadReport,
  readOwnWithReport,
  type OwnOptions,
  type DatasetWithReport,
} from '../../lib/src/data/sources';
import { InputError } from '../../lib/src/errors';
import { temporaryFolder } from './support';

export type Files = Record<string, string | Buffer>;

const root = temporaryFolder();
let serial = 0;

export function folderWith(files: Files): string {
  const folder = join(root, `case${serial++}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Reads the one file there is, or the folder where there are several. */
export function read(files: Files, options: OwnOptions = {}): Promise<DatasetWithReport> {
  const [name, ...more] = Object.keys(files);
  const folder = folderWith(files);
  return readOwnWithReport(more.length > 0 ? folder : join(folder, name), options);
}

export function failure(files: Files, options: OwnOptions = {}): Promise<string> {
  return refusal(read(files, options));
}

/** The message of the InputError that `reading` ends in. */
export async function refusal(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

/** Items of each user, by key. */
export function histories({ userKeys, itemKeys, offsets, sequence }: Dataset): Record<string, string[]> {
  return Object.fromEntries(
    userKeys.map((user, row) => [
      user,
      Array.from(sequence.subarray(offsets[row], offsets[row + 1]), (id) => itemKeys[id - 1]),
    ]),
  );
}

export const said = ({ report }: DatasetWithReport): string => describeReadReport(report).join('\n');

const EVENTS = ['ann', 'bob'].flatMap((user) => [4, 3, 2, 1].map((k) => [user, `i${k}`, k] as const));
export const EXPECTED = { ann: ['i1', 'i2', 'i3', 'i4'], bob: ['i1', 'i2', 'i3', 'i4'] };
export const rows = (row: (user: string, item: string, k: number) => string): string =>
  EVENTS.map((event) => `${row(...event)}\n`).join('');
export const HEAD = 'user,item,time\n';
/** The events as CSV; times of all users are distinct within a user. */
export const csv = HEAD + rows((user, item, k) => `${user},${item},160000000${k}`);
/** The same as JSON lines. */
export const jsonl = rows((user, item, k) => JSON.stringify({ user, item, time: 1_600_000_000 + k }));

/** Writes the result of a query as a Parquet file. */
export async function parquet(path: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

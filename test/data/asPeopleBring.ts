/** Files as people bring them, made for a test: ann and bob, four items each, oldest last. */
import { DuckDBInstance } from '@duckdb/node-api';
import { describeReadReport, type OwnOptions, type DatasetWithReport } from '../../lib/src/data/sources';
import type { Files } from '../support/folders';
import { inputFailure } from '../support/inputFailure';
import { readFiles } from './support';

export function failure(files: Files, options: OwnOptions = {}): Promise<string> {
  return inputFailure(readFiles(files, options));
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

/**
 * Fills DuckDB's table `raw` (u, i, t in seconds since 1970, rows in file order) from files of interactions.
 */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../../errors';
import type { Database } from '../duckdb';
import type { Records, Row } from '../records/records';
import { CellReader } from './cells';
import { NAMES, type DateOrder } from './dates';
import type { TakenColumns } from './columns';
import type { Findings } from './findings';
import { isShortened, TIME_UNITS, Times, type TimeUnit } from './times';

export interface TimeOptions {
  /** Unit of times that are numbers. */
  timeUnit?: TimeUnit;
  /** Order of day, month and year in dates that have the year last. */
  dateOrder?: DateOrder;
}

export type TimeKind = TimeUnit | 'dates' | 'file order';

/** @param parts files of the same columns, one after the other. Resolves to what the times are. */
export async function loadInteractions(
  database: Database,
  parts: readonly Records[],
  columns: TakenColumns,
  { timeUnit, dateOrder }: TimeOptions,
  findings: Findings,
): Promise<TimeKind> {
  const times = new Times(timeUnit, dateOrder);
  const names = [columns.user!, columns.item!, ...(columns.time === undefined ? [] : [columns.time])];
  let appender: DuckDBAppender | undefined;
  for (const records of parts) {
    requireColumns(records, names, parts[0]);
    const reader = new CellReader(records, findings);
    for await (const batch of records.rows(names)) {
      // Before the database starts, so that a file that is refused needs none.
      const events = batch.map((row) => eventOf(row, names, reader, times, records, findings));
      appender ??= await newTable(await database());
      for (const { user, item, time } of events) {
        appender.appendVarchar(user);
        appender.appendVarchar(item);
        if (time === undefined) appender.appendNull();
        else appender.appendDouble(time);
        appender.endRow();
      }
    }
  }
  const connection = await database();
  appender ??= await newTable(connection);
  appender.flushSync();
  appender.closeSync();
  const kind = columns.time === undefined ? 'file order' : times.kind();
  for (const text of times.said()) findings.guess(text);
  if (columns.time !== undefined) findings.add('zeroTime', times.zeros().count, times.zeros().example);
  const told = times.dateOrder();
  if (told !== undefined)
    findings.guess(`dates read as ${NAMES[told.order]}, because of ${told.example.text}`);
  const seconds = told?.order === 'mdy' ? MONTH_FIRST : 't';
  const perSecond = kind === 'dates' || kind === 'file order' ? 1 : TIME_UNITS[kind];
  await connection.run(`CREATE TABLE raw AS SELECT u, i, ${seconds} / ${perSecond} AS t FROM loaded`);
  await connection.run('DROP TABLE loaded');
  return kind;
}

/** `t`, a date that was read with the day first: if that is at most 12, it is the month (dates.ts). */
const MONTH_FIRST = `(WITH dates AS (SELECT make_timestamp(CAST(t * 1e6 AS BIGINT)) AS taken)
  SELECT CASE WHEN day(taken) > 12 THEN t
  ELSE epoch(make_timestamp(year(taken), day(taken), month(taken), 0, 0, 0)) + t - 86400 * floor(t / 86400)
  END FROM dates)`;

async function newTable(connection: DuckDBConnection): Promise<DuckDBAppender> {
  await connection.run('CREATE TABLE loaded (u VARCHAR, i VARCHAR, t DOUBLE)');
  return connection.createAppender('loaded');
}

/** User, item and time of a row; what of it is missing or cannot be is counted. */
function eventOf(
  row: Row,
  names: readonly string[],
  reader: CellReader,
  times: Times,
  { path, facts }: Records,
  findings: Findings,
): { user: string; item: string; time: number | undefined } {
  const user = reader.id(row, 0, names[0]);
  const item = reader.id(row, 1, names[1]);
  const text = names.length < 3 ? '0' : reader.scalar(row, 2, names[2]);
  const time = text === '' ? undefined : names.length < 3 ? 0 : times.take(text, names[2], path, row.place);
  if (user === '') findings.count('withoutUser', facts.name, row.place);
  else if (item === '') findings.count('withoutItem', facts.name, row.place);
  else if (time === undefined) findings.count('withoutTime', facts.name, row.place);
  else if (!times.isPossible(time)) findings.count('impossibleTime', facts.name, row.place, text);
  else if (isShortened(text)) findings.count('rounded', facts.name, row.place, text);
  else if (times.isFinerThanMicroseconds(text)) findings.count('finerTime', facts.name, row.place, text);
  return { user, item, time };
}

function requireColumns(records: Records, names: readonly string[], first: Records): void {
  const lacking = names.find((name) => !records.columns.includes(name));
  if (lacking === undefined) return;
  throw new InputError(
    records.path,
    `expected the columns of ${first.path}, got no ${lacking} among ${records.columns.join(', ')}`,
    'Parts of one table need the same columns. If one of them is of items, name both files, the items with ' +
      'items (--items)',
  );
}

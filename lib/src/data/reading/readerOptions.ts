/** Checks what a reader is told before any file is opened: names, kinds of values, and what excludes what. */
import * as v from 'valibot';
import { InputError } from '../../errors';
import { anyText, boolean, name, object, oneOf, parse, whole } from '../../schema';
import { AMAZON_SETS } from '../amazonFiles';
import { filterSchema } from '../filters';
import { checkColumnOptions, type ColumnNames } from './columns';
import { DATE_ORDERS } from './dates';
import { TIME_UNITS, type TimeUnit } from './times';

const shared = {
  ...filterSchema.entries,
  timeUnit: v.optional(oneOf('unit', Object.keys(TIME_UNITS) as TimeUnit[])),
  memoryMiB: v.optional(whole(1)),
  threads: v.optional(whole(1)),
  scratch: v.optional(name),
  cache: v.optional(name),
  maxUncompressedBytes: v.optional(whole(1)),
  maxLineBytes: v.optional(whole(1)),
};

/** Of either reader. An unknown name is refused, since it would change nothing. */
const SCHEMAS = {
  own: object(
    {
      ...shared,
      items: v.optional(anyText),
      name: v.optional(name),
      columns: v.optional(v.unknown()),
      separator: v.optional(v.unknown()),
      header: v.optional(boolean),
      quote: v.optional(boolean),
      backslashes: v.optional(boolean),
      encoding: v.optional(name),
      dateOrder: v.optional(oneOf('order', DATE_ORDERS)),
      fileOrder: v.optional(boolean),
    },
    'option',
  ),
  amazon: object({ ...shared, set: v.optional(oneOf('set', AMAZON_SETS)) }, 'option'),
};

/** @throws InputError for an option that there is not, a value that cannot be meant, and contradictions. */
export function checkReaderOptions(reader: keyof typeof SCHEMAS, given: object): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InputError(
      'options',
      `expected an object with options, got ${JSON.stringify(given)}`,
      "For example { separator: ';' }",
    );
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  parse(SCHEMAS[reader], set, 'option');
  const { columns = {}, separator, fileOrder } = set;
  checkColumnOptions(columns as ColumnNames);
  if (
    separator !== undefined &&
    (typeof separator !== 'string' || separator === '' || /["\n\r]/.test(separator))
  )
    throw new InputError(
      'separator',
      `expected a character between fields, got ${JSON.stringify(separator)}`,
    );
  if (fileOrder !== true) return;
  const ofTimes = { ...set, 'columns.time': (columns as ColumnNames).time };
  const other = (['columns.time', 'timeUnit', 'dateOrder'] as const).find(
    (option) => (ofTimes as Record<string, unknown>)[option] !== undefined,
  );
  if (other !== undefined)
    throw new InputError(
      'option fileOrder',
      `expected a file without times, got ${other} as well`,
      'Leave out fileOrder (--file-order), or what says how times are read',
    );
}

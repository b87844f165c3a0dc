/** The options for reading a user's files, and the report of what was read. */
import { Option, type Command } from 'commander';
import { filterSchema, type FilterOptions } from '../data/filters';
import type { ReadReport, SourceOptions, TimeUnit } from '../data/sources';
import { DATE_ORDERS, type DateOrder } from '../data/reading/dates';
import { TIME_UNITS } from '../data/reading/times';
import { InputError } from '../errors';
import { oneOf, valueOf, wholeNumber } from './options';
import type { ProgressLine } from './progress';

export interface ReaderOptions {
  columns?: Record<string, string>;
  separator?: string;
  header: boolean;
  quotes: boolean;
  backslashes?: boolean;
  encoding?: string;
  timeUnit?: TimeUnit;
  dateOrder?: DateOrder;
  fileOrder?: boolean;
  minUserInteractions?: number;
  minItemInteractions?: number;
  dropDuplicates?: boolean;
  tiesInTime?: FilterOptions['ties'];
}

const SEPARATORS: Record<string, string> = { tab: '\t', '\\t': '\t', comma: ',', space: ' ', bar: '|' };
const SHORT_UNITS: Record<string, TimeUnit> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
};

/** Options for own files; those in `AMAZON_TOO` apply to Amazon files as well. */
export function addReaderOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--columns <role=name>',
        'which column is what, e.g. user=buyer,item=sku,time=bought,title=label; roles: user, item, time, ' +
          'itemKey, title, brand, category; may be repeated',
      ).argParser(columns),
    )
    .option('--separator <sign>', 'what separates fields: a character, or tab, comma, space, bar', separator)
    .option('--no-header', 'the first line is data; --columns takes numbers from 1')
    .option('--no-quotes', 'double quotes are ordinary characters')
    .option('--backslashes', 'a quote within a quoted field is escaped with a backslash')
    .option('--encoding <name>', 'encoding of text files, e.g. windows-1252 (default: utf-8)')
    .option('--time-unit <unit>', 'unit of numeric times: s, ms, us or ns (default: by their size)', unit)
    .option(
      '--date-order <order>',
      'order of dates that end with the year: dmy (31/12/2020) or mdy (12/31/2020)',
      oneOf('--date-order', 'order', DATE_ORDERS),
    )
    .option('--file-order', 'there are no times; rows are in the order of events')
    .option(
      '--min-user-interactions <n>',
      'drop users with fewer interactions (default: 4)',
      wholeNumber('--min-user-interactions', 0),
    )
    .option(
      '--min-item-interactions <n>',
      'drop items with fewer interactions (default: 0)',
      wholeNumber('--min-item-interactions', 0),
    )
    .option(
      '--drop-duplicates',
      'of events with equal user, item and time keep the first (default: keep all)',
    )
    .option(
      '--ties-in-time <order>',
      "a user's events of equal time in the order of the file, or by itemKey (default: file)",
      valueOf('--ties-in-time', filterSchema.entries.ties),
    );
}

const AMAZON_TOO: readonly (keyof SourceOptions)[] = [
  'timeUnit',
  'minUserInteractions',
  'minItemInteractions',
  'duplicates',
  'ties',
];

/**
 * The options that were given, as the readers take them.
 * @throws InputError for those that the kind of data has no use for.
 */
export function readerOptions(given: ReaderOptions, kind: 'own' | 'amazon' | 'none'): SourceOptions {
  const { header, quotes, columns, separator, backslashes, encoding, timeUnit, dateOrder, fileOrder } = given;
  const { minUserInteractions, minItemInteractions, dropDuplicates, tiesInTime } = given;
  const all: [option: string, name: keyof SourceOptions, value: unknown][] = [
    ['--columns', 'columns', columns],
    ['--separator', 'separator', separator],
    ['--no-header', 'header', header ? undefined : false],
    ['--no-quotes', 'quote', quotes ? undefined : false],
    ['--backslashes', 'backslashes', backslashes],
    ['--encoding', 'encoding', encoding],
    ['--time-unit', 'timeUnit', timeUnit],
    ['--date-order', 'dateOrder', dateOrder],
    ['--file-order', 'fileOrder', fileOrder],
    ['--min-user-interactions', 'minUserInteractions', minUserInteractions],
    ['--min-item-interactions', 'minItemInteractions', minItemInteractions],
    ['--drop-duplicates', 'duplicates', dropDuplicates ? 'drop' : undefined],
    ['--ties-in-time', 'ties', tiesInTime],
  ];
  const set = all.filter(([, , value]) => value !== undefined);
  const useless = set.find(
    ([, name]) => kind === 'none' || (kind === 'amazon' && !AMAZON_TOO.includes(name)),
  );
  if (useless)
    throw new InputError(
      useless[0],
      `expected files of your own, got ${kind === 'amazon' ? '--data' : 'none'}`,
      'The option says how files are read (--interactions)',
    );
  return Object.fromEntries(set.map(([, name, value]) => [name, value]));
}

/** The report in a few lines on standard error. */
export async function sayWhatWasRead(report: ReadReport, line: ProgressLine): Promise<void> {
  const { describeReadReport } = await import('../data/readReport');
  for (const text of describeReadReport(report)) line.print(text);
}

function columns(text: string, before: Record<string, string> = {}): Record<string, string> {
  const pairs = text
    .split(/,(?=\w+=)/)
    .map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]);
  if (!/^\w+=./.test(text) || pairs.some(([, name]) => name === ''))
    throw new InputError('--columns', `expected role=name, got "${text}"`, 'For example user=buyer,item=sku');
  return { ...before, ...Object.fromEntries(pairs) };
}

/** A sign, its name, or its number as messages write it: \u0001. */
function separator(text: string): string {
  const number = /^\\(?:u([0-9a-f]{4})|x([0-9a-f]{2}))$/i.exec(text);
  return number ? String.fromCodePoint(parseInt(number[1] ?? number[2], 16)) : (SEPARATORS[text] ?? text);
}

function unit(text: string): TimeUnit {
  return SHORT_UNITS[text] ?? oneOf('--time-unit', 'unit', Object.keys(TIME_UNITS) as TimeUnit[])(text);
}

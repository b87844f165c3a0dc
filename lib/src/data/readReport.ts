/**
 * What a reader read, took, kept, dropped and guessed. Every row of the source is in exactly one of the
 * counts of interactions. Kept beside the dataset and in the prepared file; commands print it, and give it in
 * --json.
 */
import { excerpt, printable } from '../errors';
import type { FilterOptions } from './filters';
import { rolesText, type TakenColumns } from './reading/columns';
import type { Finding } from './reading/findings';
import type { TimeKind } from './reading/interactions';

export interface SourceFile {
  /** File name without its folder. */
  name: string;
  bytes: number;
  uncompressedBytes: number;
  /** Of text. */
  encoding?: string;
  /** Byte sequences that were not UTF-8 and are read as U+FFFD. */
  replacedCharacters: number;
  /** Where the first of them is. */
  replacedPlace?: string;
}

/** Users or items that occur too rarely in the source; more may follow as others go. */
export interface TooFew {
  count: number;
  example?: { key: string; interactions: number };
}

/**
 * What a reader read, took, kept, dropped and guessed. Every row of the source is in exactly one of the
 * counts of interactions.
 */
export interface ReadReport {
  files: SourceFile[];
  /** The columns taken, by role. */
  columns: {
    interactions: TakenColumns;
    items: TakenColumns;
    /** Named columns that play no role. */
    unused: { interactions: readonly string[]; items: readonly string[] };
  };
  /** Unit of the times, dates, or the order of the file in their place. */
  times: TimeKind;
  interactions: {
    /** Rows of the source. */
    read: number;
    /** Dropped: user or item missing or empty. */
    withoutId: number;
    /** Dropped: time missing, before 1970 or after 2099. */
    withoutTime: number;
    /** Dropped: user, item and time equal an earlier row's. 0 unless the reader was told to (D33). */
    repeated: number;
    /** Dropped by the filters on users and items (method 2.2). */
    filtered: number;
    kept: number;
  };
  /** Among rows that were not dropped for a missing id or time, and after the filters. */
  users: { read: number; kept: number; tooFew: TooFew };
  items: { read: number; kept: number; tooFew: TooFew };
  filter: Required<FilterOptions>;
  itemTexts: {
    /** Records of the metadata file; 0 if there is none. */
    records: number;
    /** Records without an item id. */
    withoutId: number;
    /** Further records of an item that already had one; the first one counts. */
    duplicates: number;
    /** Records of items that are not among those kept. */
    unused: number;
    /** Kept items without a record: their texts are empty strings. */
    missing: number;
    /** Kept items whose title is empty, those without a record included. */
    withoutTitle: number;
    /** Kept items with neither title nor brand nor category, and up to three of their keys. */
    withoutText: number;
    examples: string[];
  };
  /** Everything else that was dropped, repaired or guessed. */
  findings: Finding[];
}

/**
 * The report in lines of plain text.
 * @example
 * ```ts
 * import { describeReadReport, readOwnWithReport } from 'elephant';
 * const { report } = await readOwnWithReport('examples/shop');
 * console.log(describeReadReport(report).join('\n'));
 * ```
 */
export function describeReadReport(report: ReadReport): string[] {
  const { interactions: n, users, items, filter, columns } = report;
  const dropped = [
    [n.withoutId, 'without user or item'],
    [n.withoutTime, 'without a possible time'],
    [n.repeated, 'exact repetitions'],
    [n.filtered, 'by filters'],
  ].flatMap(([rows, why]) => (rows === 0 ? [] : [`${count(rows as number)} ${why}`]));
  const lines = [
    `files: ${report.files.map((file) => `${file.name} (${count(file.bytes)} bytes)`).join(', ')}`,
    `interactions: ${rolesText(columns.interactions)}; times: ${report.times}`,
    ...unusedLine(columns.unused.interactions),
    `rows: ${count(n.read)} read, ${count(n.kept)} kept` +
      (dropped.length === 0 ? '' : `; dropped: ${dropped.join(', ')}`),
    `users: ${count(users.read)} read, ${count(users.kept)} kept; items: ${count(items.read)} read, ` +
      `${count(items.kept)} kept`,
    ...tooFew('user', users.tooFew, filter.minUserInteractions),
    ...tooFew('item', items.tooFew, filter.minItemInteractions),
    ...(filter.userShare < 1 ? [`a share of ${filter.userShare} of the users drawn (userShare)`] : []),
    ...textLines(report),
    ...report.findings.map(({ text }) => text),
  ];
  return lines.map((line) => printable(line).replaceAll('\n', '\\n'));
}

function textLines({ items, itemTexts: texts, columns }: ReadReport): string[] {
  if (columns.items.item === undefined) return ['item texts: none, as there is no file of items'];
  const absent = (['title', 'brand', 'category'] as const).filter(
    (role) => columns.items[role] === undefined,
  );
  const examples = texts.examples.length === 0 ? '' : ` (${texts.examples.map(excerpt).join(', ')})`;
  return [
    `item texts: ${rolesText(columns.items)}` +
      (absent.length === 0 ? '' : `; no column for ${absent.join(', ')}`) +
      (columns.unused.items.length === 0 ? '' : `; not used: ${named(columns.unused.items)}`),
    `item texts: ${count(texts.records)} records, ${count(texts.unused)} of other items, ` +
      `${count(texts.duplicates)} repeated; ${count(texts.missing)} items without a record, ` +
      `${count(texts.withoutTitle)} without a title`,
    ...(texts.withoutText > 0
      ? [`${count(texts.withoutText)} of ${count(items.kept)} items have no text${examples}`]
      : []),
  ];
}

/** Most columns of which a line names all. */
const NAMED = 8;

function unusedLine(unused: readonly string[]): string[] {
  return unused.length === 0
    ? []
    : [`every row counts as an interaction, whatever else it says; not used: ${named(unused)}`];
}

function named(columns: readonly string[]): string {
  const more = columns.length - NAMED;
  return columns.slice(0, NAMED).map(excerpt).join(', ') + (more > 0 ? ` and ${count(more)} more` : '');
}

function tooFew(what: 'user' | 'item', { count: n, example }: TooFew, least: number): string[] {
  if (example === undefined) return [];
  const option =
    what === 'user'
      ? 'minUserInteractions (--min-user-interactions)'
      : 'minItemInteractions (--min-item-interactions)';
  return [
    `${count(n)} ${what}${n === 1 ? '' : 's'} with fewer than ${least} interactions dropped ` +
      `(${n === 1 ? '' : 'such as '}${excerpt(example.key)} with ${example.interactions}); ${option} sets ` +
      'the limit',
  ];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

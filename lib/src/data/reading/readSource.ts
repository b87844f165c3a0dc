/**
 * From files of interactions and items to a dataset and the report of what was read; the readers of Amazon
 * files and of own files share it. Text formats are parsed here, row by row, so that every message names file
 * and line. DuckDB reads Parquet, counts, and assigns codes, out of core.
 */
import { InputError, excerpt, unknownName } from '../../errors';
import { makeDataset } from '../dataset';
import { withDuckDB, type Database } from '../duckdb';
import type { FilterOptions } from '../filters';
import type { ReadLimits } from '../readLimits';
import type { ReadReport } from '../readReport';
import { openRecords, type FormatOptions } from '../records/format';
import type { Records } from '../records/records';
import { sequencesFromRaw } from '../sequences';
import type { TextFileLimits } from '../textFile';
import type { Dataset } from '../types';
import { DATE_ORDERS } from './dates';
import {
  checkColumnOptions,
  interactionColumns,
  itemColumns,
  namesAnItem,
  type ColumnNames,
  type TakenColumns,
} from './columns';
import { Findings } from './findings';
import { loadInteractions, type TimeOptions } from './interactions';
import { collectItemTexts } from './itemTexts';
import { TIME_UNITS } from './times';

/** Files of one table each: parts follow one another. */
export interface SourceFiles {
  interactions: readonly string[];
  items: readonly string[];
}

/** How files are to be read if they do not show it; everything is optional. */
export interface SourceOptions extends FilterOptions, FormatOptions, TimeOptions {
  columns?: ColumnNames;
  /** True if the file has no times and its order is that of the events. */
  fileOrder?: boolean;
}

/** A dataset, and the report of how it was read. */
export interface Read {
  dataset: Dataset;
  report: ReadReport;
}

export function readSource(
  label: Pick<Dataset, 'name' | 'kind'>,
  files: SourceFiles,
  options: SourceOptions,
  limits: ReadLimits & TextFileLimits,
): Promise<Read> {
  checkOptions(options);
  return withDuckDB([...files.interactions, ...files.items], limits, (database) =>
    readFiles(database, label, files, options, limits),
  );
}

async function readFiles(
  database: Database,
  label: Pick<Dataset, 'name' | 'kind'>,
  files: SourceFiles,
  options: SourceOptions,
  limits: TextFileLimits,
): Promise<Read> {
  const { columns: given = {}, fileOrder, ...others } = options;
  const { timeUnit, dateOrder, separator, header, quote, backslashes, encoding, ...filter } = others;
  const open = (path: string, withHeader: boolean | undefined): Promise<Records> =>
    openRecords(database, path, { separator, header: withHeader, quote, backslashes, encoding }, limits);
  const openItems = async (path: string): Promise<Records> => {
    // Of two files one may have a header and the other none.
    const headed = await open(path, header === false || header);
    return header === false && !namesAnItem(headed.columns) ? open(path, header) : headed;
  };
  const interactions = await inTurn(files.interactions, (path) => open(path, header));
  const items = await inTurn(files.items, openItems);
  const findings = new Findings();
  const inOrder = fileOrder ?? (interactions[0].inOrder && given.time === undefined);
  const columns = await interactionColumns(
    interactions[0],
    given,
    inOrder ? ['user', 'item'] : ['user', 'item', 'time'],
    items[0]?.columns,
  );
  if (interactions.length > 1)
    findings.guess(`${interactions.length} files of interactions read as parts of one`);
  if (items.length > 1) findings.guess(`${items.length} files of items read as parts of one`);
  const times = await loadInteractions(database, interactions, columns, { timeUnit, dateOrder }, findings);
  const connection = await database();
  const { counts, ...sequences } = await sequencesFromRaw(connection, files.interactions[0], filter);
  await connection.run('DROP TABLE raw');

  const ofItems = items.length === 0 ? {} : itemColumns(items[0], given, columns.item!);
  const { texts, counts: textCounts } = await collectItemTexts(items, ofItems, sequences.itemKeys, findings);
  // Amazon's metadata is of the domain by its name; the report says that it names none of the items.
  if (label.kind === 'own' && items.length > 0 && textCounts.missing === sequences.itemKeys.length)
    throw noneMatches(files, ofItems, sequences.itemKeys[0]);
  for (const records of [...interactions, ...items]) sayOfFile(records, findings);
  const dataset = makeDataset({ ...label, ...sequences, itemTexts: texts, exclusion: filter.exclusion });
  return {
    dataset,
    report: {
      files: [...interactions, ...items].map(({ facts }) => facts),
      columns: { interactions: columns, items: ofItems },
      times,
      ...counts,
      itemTexts: textCounts,
      findings: findings.list(),
    },
  };
}

function sayOfFile({ facts, said }: Records, findings: Findings): void {
  for (const text of said) findings.guess(`${facts.name}: ${text}`);
  if (facts.replacedCharacters > 0)
    findings.count('replaced', facts.name, facts.replacedPlace ?? '', undefined, facts.replacedCharacters);
}

function noneMatches(files: SourceFiles, { item }: TakenColumns, key: string): InputError {
  return new InputError(
    files.items[0],
    `expected records of the items of ${files.interactions[0]}, got none that matches (for example ` +
      `${excerpt(key)} in the column ${item})`,
    'Check that both files use the same item keys, and columns.itemKey (--columns itemKey=NAME)',
  );
}

/** One after the other: each may look into a file. */
async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}

/** @throws InputError for values that cannot be meant, before any file is opened. */
function checkOptions({ columns = {}, separator, timeUnit, dateOrder }: SourceOptions): void {
  checkColumnOptions(columns);
  if (
    separator !== undefined &&
    (typeof separator !== 'string' || separator === '' || /["\n\r]/.test(separator))
  )
    throw new InputError(
      'separator',
      `expected a character between fields, got ${JSON.stringify(separator)}`,
    );
  if (timeUnit !== undefined && !Object.hasOwn(TIME_UNITS, timeUnit))
    throw unknownName('timeUnit', 'unit', String(timeUnit), Object.keys(TIME_UNITS));
  if (dateOrder !== undefined && !DATE_ORDERS.includes(dateOrder))
    throw unknownName('dateOrder', 'order', String(dateOrder), DATE_ORDERS);
}

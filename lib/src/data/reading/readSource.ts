/**
 * From files of interactions and items to a dataset and the report of what was read; the readers of Amazon
 * files and of own files share it. Text formats are parsed here, row by row, so that every message names file
 * and line. DuckDB reads Parquet, counts, and assigns codes, out of core.
 */
import { basename } from 'node:path';
import { InputError, excerpt } from '../../errors';
import { makeDataset } from '../dataset';
import { withDuckDB, type Database } from '../duckdb';
import type { FilterOptions } from '../filters';
import type { ReadLimits } from '../readLimits';
import type { ReadReport } from '../readReport';
import { inTurn } from '../../inTurn';
import { regularFile } from '../../readableFile';
import { openRecords, type FormatOptions } from '../records/format';
import { FLAG_COLUMNS } from '../records/movieLens';
import { emptyFile, withoutRows, type Records } from '../records/records';
import { sequencesFromRaw } from '../sequences/sequencesFromRaw';
import type { Ties } from '../sequences/ties';
import type { TextFileLimits } from '../textFile';
import type { Dataset } from '../types';
import {
  categoryColumns,
  interactionColumns,
  itemColumns,
  namesAnItem,
  rolesText,
  type ColumnNames,
  type TakenColumns,
} from './columns';
import { Findings } from './findings';
import { loadInteractions, type TimeOptions } from './interactions';
import { collectItemTexts, type ItemTexts } from './itemTexts';

/** Files of one table each: parts follow one another. */
export interface SourceFiles {
  interactions: readonly string[];
  items: readonly string[];
  /** Names of files in the same folder that are not read, for the report. */
  beside?: readonly string[];
}

/** How files are to be read if they do not show it; everything is optional. */
export interface SourceOptions extends FilterOptions, FormatOptions, TimeOptions {
  columns?: ColumnNames;
  /** True if the file has no times and its order is that of the events. */
  fileOrder?: boolean;
}

/** A dataset, and the report of how it was read. */
export interface DatasetWithReport {
  dataset: Dataset;
  report: ReadReport;
}

export function readSource(
  label: Pick<Dataset, 'name' | 'kind'>,
  files: SourceFiles,
  options: SourceOptions,
  limits: ReadLimits & TextFileLimits,
): Promise<DatasetWithReport> {
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
): Promise<DatasetWithReport> {
  const { columns: given = {}, fileOrder, ...others } = options;
  const { timeUnit, dateOrder, separator, header, quote, backslashes, encoding, ...filter } = others;
  const findings = new Findings();
  const format = { separator, header, quote, backslashes, encoding };
  const { interactions, items } = await openFiles(database, files, format, limits, findings);
  if (items.length === 0) refuseItemColumns(given);
  const inOrder = fileOrder ?? (interactions[0].inOrder && given.time === undefined);
  const columns = await interactionColumns(
    interactions[0],
    given,
    inOrder ? ['user', 'item'] : ['user', 'item', 'time'],
    items[0]?.columns,
  );
  sayParts('interactions', interactions, findings);
  sayParts('items', items, findings);
  const times = await loadInteractions(database, interactions, columns, { timeUnit, dateOrder }, findings);
  const connection = await database();
  const where = {
    path: interactions[0].path,
    columns: rolesText(columns),
    empty: withoutRows(interactions[0]),
  };
  const { counts, ties, alike, ...sequences } = await sequencesFromRaw(connection, where, filter);
  if (times !== 'file order') sayTies(ties, counts.filter.ties, findings);
  findings.add('alikeUsers', alike.users.count, alike.users.example);
  findings.add('alikeItems', alike.items.count, alike.items.example);
  await connection.run('DROP TABLE raw');

  const ofItems = items.length === 0 ? {} : itemColumns(items[0], given, columns.item!);
  const found = await collectItemTexts(items, ofItems, sequences.itemKeys, findings);
  if (items.length > 0) checkTexts(found, label, files, items[0], ofItems, sequences.itemKeys);
  for (const records of [...interactions, ...items]) sayOfFile(records, findings);
  const itemTexts = found.texts;
  const dataset = makeDataset({ ...label, ...sequences, itemTexts, exclusion: filter.exclusion });
  return {
    dataset,
    report: {
      files: [...interactions, ...items].map(({ facts }) => facts),
      columns: {
        interactions: columns,
        items: ofItems,
        unused: { interactions: unused(interactions, columns), items: unused(items, ofItems) },
      },
      times,
      ...counts,
      itemTexts: found.counts,
      findings: findings.list(),
    },
  };
}

/** @throws InputError if the files of items have no rows, or own ones have none of the items. */
function checkTexts(
  { counts, otherForm }: ItemTexts,
  { kind }: Pick<Dataset, 'kind'>,
  files: SourceFiles,
  first: Records,
  columns: TakenColumns,
  itemKeys: readonly string[],
): void {
  if (counts.records === 0) throw emptyFile(first.path, withoutRows(first));
  // Amazon's metadata is of the domain by its name; the report says that it names none of the items.
  if (kind === 'own' && counts.missing === itemKeys.length)
    throw noneMatches(files, columns, itemKeys[0], otherForm, first.said);
}

async function openFiles(
  database: Database,
  files: SourceFiles,
  format: FormatOptions,
  limits: TextFileLimits,
  findings: Findings,
): Promise<{ interactions: Records[]; items: Records[] }> {
  const { header } = format;
  const open = (path: string, withHeader = header): Promise<Records> =>
    openRecords(database, path, { ...format, header: withHeader }, limits);
  const openItems = async (path: string): Promise<Records> => {
    // Of two files one may have a header and the other none.
    const headed = await open(path, header === false || header);
    return header === false && !namesAnItem(headed.columns) ? open(path) : headed;
  };
  if (files.beside !== undefined && files.beside.length > 0)
    findings.guess(`not read, though in the same folder: ${someOf(files.beside)}`);
  const interactions = await inTurn(withoutEmpty(files.interactions, findings), (path) => open(path));
  const items = await inTurn(withoutEmpty(files.items, findings), openItems);
  sayUnused([...interactions, ...items], format, findings);
  return { interactions, items };
}

function sayParts(what: string, files: readonly Records[], findings: Findings): void {
  if (files.length > 1) findings.guess(`${files.length} files of ${what} read as parts of one`);
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** Programs that write parts leave some empty. */
function withoutEmpty(paths: readonly string[], findings: Findings): readonly string[] {
  const kept = paths.filter((path) => regularFile(path).size > 0);
  if (kept.length === 0 || paths.length === 1) return paths;
  const [first] = paths.filter((path) => !kept.includes(path));
  findings.add('emptyPart', paths.length - kept.length, first === undefined ? '' : basename(first));
  return kept;
}

function sayTies({ repeated, sameTime }: Ties, order: 'file' | 'itemKey', findings: Findings): void {
  findings.add('repeatedRow', repeated.count, repeated.example);
  findings.add(order === 'file' ? 'sameTimeInFile' : 'sameTimeByKey', sameTime.count, sameTime.example);
}

/** Named columns that play no role. */
function unused([first]: readonly Records[], taken: TakenColumns): string[] {
  if (first === undefined || !first.named) return [];
  const used = new Set<string>(Object.values(taken));
  const flags = FLAG_COLUMNS.every((name) => first.columns.includes(name)) && taken.category === undefined;
  for (const name of taken.category === undefined ? [] : categoryColumns(first.columns, taken.category))
    used.add(name);
  return first.columns.filter(
    (name) => name !== '' && !used.has(name) && !(flags && FLAG_COLUMNS.includes(name)),
  );
}

function sayOfFile({ facts, said }: Records, findings: Findings): void {
  for (const text of said) findings.guess(`${facts.name}: ${text}`);
  if (facts.replacedCharacters > 0)
    findings.count('replaced', facts.name, facts.replacedPlace ?? '', undefined, facts.replacedCharacters);
}

/** Options that none of the files has a use for. */
function sayUnused(
  files: readonly Records[],
  { encoding, ...ofSeparated }: FormatOptions,
  findings: Findings,
): void {
  const given = Object.entries(ofSeparated).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length > 0 && !files.some(({ separated }) => separated))
    findings.guess(`${given.join(', ')} not used: no file is text with separators`);
  if (encoding !== undefined && files.every(({ facts }) => facts.encoding === undefined))
    findings.guess('encoding not used: no file is text');
}

/** @throws InputError for columns of a file that there is not. */
function refuseItemColumns(given: ColumnNames): void {
  const role = (['itemKey', 'title', 'brand', 'category'] as const).find((name) => given[name] !== undefined);
  if (role !== undefined)
    throw new InputError(
      `columns.${role}`,
      'expected a file of items, got none',
      'Give it with items (--items), or leave the column out',
    );
}

function noneMatches(
  files: SourceFiles,
  { item }: TakenColumns,
  key: string,
  otherForm: string | undefined,
  said: readonly string[],
): InputError {
  return new InputError(
    files.items[0],
    `expected records of the items of ${files.interactions[0]}, got none that matches (for example ` +
      `${otherForm ?? `${excerpt(key)} in the column ${item}`})` +
      said.map((text) => `; ${text}`).join(''),
    'Check that both files use the same item keys, and columns.itemKey (--columns itemKey=NAME)',
  );
}

/**
 * Reader of a user's own data: interactions (user, item, time) and items (item, texts) as CSV, JSON lines or
 * Parquet, MovieLens and RecBole files included. Filters, order, ids and reports are those of the Amazon
 * reader. Called by experiments, notebooks and the command line.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { statSync } from 'node:fs';
import { InputError } from '../../errors';
import { makeDataset } from '../dataset';
import { identifier, literal, withDuckDB } from '../duckdb';
import type { FilterOptions } from '../filters';
import { collectItemTexts } from '../itemTexts';
import { prepared } from '../prepared';
import type { ReadLimits } from '../readLimits';
import type { ReadReport, SourceFile } from '../readReport';
import { sequencesFromRaw } from '../sequences';
import type { TextFileLimits } from '../textFile';
import type { Dataset } from '../types';
import { recogniseColumns, type ColumnNames } from './columns';
import { findOwnFiles, nameOf, type OwnFiles } from './files';
import { FLAG_COLUMNS } from './format';
import { openTable, type Table } from './table';
import { convertTimes } from './times';

export interface OwnOptions extends FilterOptions, TextFileLimits, ReadLimits {
  /** File of items; by default the one beside the interactions, where a folder is given. */
  items?: string;
  /** The dataset's name; by default the file's. */
  name?: string;
  /**
   * Columns by role where their names are not recognised. `item` is the interactions' column, `itemKey` that
   * of the items.
   */
  columns?: ColumnNames & { itemKey?: string };
  /** True where the file has no times and its order is that of the events. */
  fileOrder?: boolean;
  /** Folder of prepared datasets, as for the Amazon reader. */
  cache?: string;
}

type Content = FilterOptions & Pick<OwnOptions, 'columns' | 'fileOrder'>;

/**
 * @param path file of interactions, or a folder with interactions.* and items.*, MovieLens or RecBole files.
 * @throws InputError (file and line or row, what was expected, what came).
 */
export async function readOwn(path: string, options: OwnOptions = {}): Promise<Dataset> {
  return (await readOwnWithReport(path, options)).dataset;
}

/** The same, with the count of what was read, kept and dropped. */
export async function readOwnWithReport(
  path: string,
  options: OwnOptions = {},
): Promise<{ dataset: Dataset; report: ReadReport }> {
  const {
    items,
    name: givenName,
    cache,
    memoryMiB,
    threads,
    scratch,
    maxUncompressedBytes,
    maxLineBytes,
    ...content
  } = options;
  const found = findOwnFiles(path);
  const files: OwnFiles = items === undefined ? found : { ...found, items };
  if (items !== undefined) statOrThrow(items);
  const name = givenName ?? nameOf(files.interactions);
  const sources = files.items ? [files.interactions, files.items] : [files.interactions];
  return prepared(cache, { reader: 'own', name, sources, options: { ...content, name } }, () =>
    withDuckDB(sources, { memoryMiB, threads, scratch }, (connection, work) =>
      readFiles(connection, work, files, name, content, { maxUncompressedBytes, maxLineBytes }),
    ),
  );
}

async function readFiles(
  connection: DuckDBConnection,
  work: string,
  files: OwnFiles,
  name: string,
  { columns = {}, fileOrder = false, ...filter }: Content,
  limits: TextFileLimits,
): Promise<{ dataset: Dataset; report: ReadReport }> {
  const interactions = await openTable(connection, files.interactions, work, limits);
  await loadInteractions(connection, interactions, columns, fileOrder);
  const { counts, ...sequences } = await sequencesFromRaw(connection, files.interactions, filter);
  await connection.run('DROP TABLE raw');

  const facts: SourceFile[] = [interactions.facts];
  let texts = await collectItemTexts(connection, 'SELECT NULL, NULL, NULL, NULL LIMIT 0', sequences.itemKeys);
  if (files.items) {
    const items = await openTable(connection, files.items, work, limits);
    facts.push(items.facts);
    await loadItems(items, columns);
    texts = await collectItemTexts(
      connection,
      'SELECT key, title, brand, CAST(category AS VARCHAR) FROM items_read ORDER BY rowid',
      sequences.itemKeys,
    );
    if (texts.counts.missing === sequences.itemKeys.length) {
      throw new InputError(
        files.items,
        `expected records of the items of ${files.interactions}, got none that matches (for example ` +
          `"${sequences.itemKeys[0]}")`,
        'Check that both files name items in the same way, and columns.itemKey',
      );
    }
  }
  const dataset = makeDataset({
    name,
    kind: 'own',
    ...sequences,
    itemTexts: texts.texts,
    exclusion: filter.exclusion,
  });
  return { dataset, report: { files: facts, ...counts, itemTexts: texts.counts } };
}

async function loadInteractions(
  connection: DuckDBConnection,
  table: Table,
  given: ColumnNames,
  fileOrder: boolean,
): Promise<void> {
  const roles = fileOrder ? (['user', 'item'] as const) : (['user', 'item', 'time'] as const);
  const found = recogniseColumns(table.path, table.columns, given, roles, roles);
  const ids = `${table.text(found.user!)} AS u, ${table.text(found.item!)} AS i`;
  if (fileOrder) return table.createTable('raw', `${ids}, 0 AS t`);
  await table.createTable('loaded', `${ids}, ${table.text(found.time!)} AS t`);
  await convertTimes(connection, table.path, found.time!);
}

/** Key and texts; where no column is a title by its name, the first other column is. */
async function loadItems(
  table: Table,
  { itemKey, title, brand, category, item }: ColumnNames & { itemKey?: string },
): Promise<void> {
  const key = itemKey ?? (item !== undefined && table.columns.includes(item) ? item : undefined);
  const found = recogniseColumns(
    table.path,
    table.columns,
    { item: key, title, brand, category },
    ['item', 'title', 'brand', 'category'],
    ['item'],
  );
  const titleColumn = found.title ?? table.columns.find((column) => !Object.values(found).includes(column));
  const flags = FLAG_COLUMNS.filter((column) => table.columns.includes(column));
  const categories =
    found.category !== undefined
      ? table.json(found.category)
      : flags.length === FLAG_COLUMNS.length
        ? `to_json(concat_ws(' ', ` +
          `${flags.map((flag) => `CASE WHEN ${identifier(flag)} = '1' THEN ${literal(flag)} END`).join(', ')}))`
        : 'NULL';
  const text = (column: string | undefined): string => (column === undefined ? 'NULL' : table.text(column));
  await table.createTable(
    'items_read',
    `${table.text(found.item!)} AS key, ${text(titleColumn)} AS title, ${text(found.brand)} AS brand, ` +
      `${categories} AS category`,
  );
}

function statOrThrow(path: string): void {
  try {
    statSync(path);
  } catch (cause) {
    throw new InputError(
      path,
      'expected a readable file of items, got none',
      'Check the path and its rights',
      { cause },
    );
  }
}

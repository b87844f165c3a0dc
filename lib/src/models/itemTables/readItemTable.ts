/**
 * Reads the item table that `elephant encode` wrote, or one that another program wrote under the same name
 * and shape. Aligns it to a dataset: row i is the vector of item id i.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { requireDataset } from '../../data/requireDataset';
import type { Dataset } from '../../data/types';
import { checkRows, SafetensorsFile } from '../../engine/safetensors/safetensors';
import { excerpt, InputError, requireKnownOptions } from '../../errors';
import { checkItemTable, type ItemTable } from '../../text/itemTable';

/** Name of the tensor in the file: [items + 1, dim], row 0 zero, row i = item id i. */
export const TABLE_TENSOR = 'items';

/** Types of the vectors in a file; all become float32. */
const FLOATS: readonly string[] = ['F32', 'F64', 'F16', 'BF16'];

const ENCODE_AGAIN = 'Encode the items of this dataset again';

/** What is expected of the table, and a callback for what could not be checked. */
export interface ReadItemTableOptions {
  /** Refuses a table of another width. */
  width?: number;
  /** Called with notices for the user: unused rows, and what could not be checked. */
  onNotice?: (line: string) => void;
}

/** Path of the item keys of the table at `path`: "x.safetensors" -> "x.items.json". */
export function itemKeysPath(path: string): string {
  return `${path.replace(/\.safetensors$/, '')}.items.json`;
}

export function itemKeysHash(keys: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(keys)).digest('hex');
}

/**
 * The vectors of a dataset's items, from the safetensors file at `path`. Rows are found by the item keys
 * beside it (itemKeysPath), so the table may hold more items, or another order; another program's table may
 * have such a file as well. A table without keys must have exactly the dataset's items in its order.
 * @throws InputError for a file that is damaged or not an item table, for one that lacks items of the
 * dataset, and for an unknown option.
 * @example
 * ```ts
 * import { readItemTable, readOwn, trainRecommender } from 'elephant';
 * const dataset = await readOwn('examples/shop');
 * const table = await readItemTable('shop.safetensors', dataset); // as `elephant encode` wrote it
 * await trainRecommender({ dataset, table, variant: 'trainable', model: 'sasrec', loss: 'ce' });
 * ```
 */
export async function readItemTable(
  path: string,
  dataset: Pick<Dataset, 'items' | 'itemKeys'>,
  given: ReadItemTableOptions = {},
): Promise<ItemTable> {
  requireKnownOptions('readItemTable', given, { width: true, onNotice: true });
  const { width, onNotice } = given;
  requireDataset('readItemTable', dataset);
  const file = await readTableFile(path);
  if (width !== undefined && file.table.dim !== width)
    throw new InputError(path, `expected vectors of width ${width}, got ${file.table.dim}`);
  const table = rowsOfDataset(path, file, dataset, onNotice);
  const empty = zeroRows(table);
  if (empty.length > 0)
    onNotice?.(
      `${path}: ${empty.length} of ${dataset.items} items have a vector of zeros, such as ` +
        excerpt(dataset.itemKeys[empty[0] - 1]),
    );
  return table;
}

/** Ids of the items whose vectors are zero. */
function zeroRows({ rows, dim, data }: ItemTable): number[] {
  const ids = Array.from({ length: rows - 1 }, (_, k) => k + 1);
  return ids.filter((id) => data.subarray(id * dim, (id + 1) * dim).every((x) => x === 0));
}

/** The rows of a table's file in the order of the dataset's items. */
function rowsOfDataset(
  path: string,
  { table, metadata, checked }: TableFile,
  dataset: Pick<Dataset, 'items' | 'itemKeys'>,
  onNotice: ReadItemTableOptions['onNotice'],
): ItemTable {
  if (!checked) onNotice?.(`${path}: another program's table, without a checksum; it is taken as it is`);
  const keysHash = metadata.get('itemKeys');
  if (keysHash === itemKeysHash(dataset.itemKeys)) {
    checkItemTable(table, dataset.items, path);
    return table;
  }
  if (keysHash !== undefined || (!checked && existsSync(itemKeysPath(path)))) {
    if (keysHash === undefined)
      onNotice?.(`${path}: rows found by the item keys in ${itemKeysPath(path)}, which no checksum confirms`);
    return aligned(path, table, readKeys(path, table.rows - 1, keysHash), dataset.itemKeys, onNotice);
  }
  checkItemTable(table, dataset.items, path);
  onNotice?.(`${path}: no item keys; row i is taken for item i of the dataset`);
  return table;
}

/** The rows as they are in a file; `checked`: a checksum confirms that they are those that were written. */
interface TableFile {
  table: ItemTable;
  metadata: ReadonlyMap<string, string>;
  checked: boolean;
}

/** The rows as they are in the file. */
export async function readTableFile(path: string): Promise<TableFile> {
  const file = await SafetensorsFile.open(path);
  try {
    const stored = file.tensors.get(TABLE_TENSOR);
    if (stored === undefined || stored.shape.length !== 2) {
      const found = [...file.tensors].map(([name, { shape }]) => `${name} [${shape.join(', ')}]`);
      throw new InputError(
        path,
        `expected a tensor "${TABLE_TENSOR}" of two axes, got ${found.slice(0, 5).join(', ') || 'nothing'}`,
        `Name the table "${TABLE_TENSOR}"; \`elephant encode\` writes such a file`,
      );
    }
    if (!FLOATS.includes(stored.type))
      throw new InputError(
        path,
        `expected a tensor "${TABLE_TENSOR}" of ${FLOATS.join(', ')}, got ${stored.type}`,
        'Convert it to numbers of 32 bits (float32)',
      );
    const [rows, width] = stored.shape;
    if (width === 0)
      throw new InputError(path, 'expected vectors of at least one number, got none', ENCODE_AGAIN);
    const { metadata } = file;
    const data = (await file.read(TABLE_TENSOR)).data as Float32Array;
    const checked = checkRows(path, { name: TABLE_TENSOR, rows, width, metadata }, data);
    if (!checked && metadata.has('key'))
      throw new InputError(
        path,
        'expected a checksum, got none: the table is damaged or of an earlier version',
        'Encode again',
      );
    return { table: { rows, dim: width, data }, metadata, checked };
  } finally {
    await file.close();
  }
}

/**
 * @param hash of the keys, absent if another program wrote the table.
 * @throws InputError if the keys beside the table are not those that were written with it.
 */
function readKeys(table: string, items: number, hash: string | undefined): string[] {
  const path = itemKeysPath(table);
  if (!existsSync(path))
    throw new InputError(
      path,
      `expected the item keys of ${table}, which is of another catalogue than this dataset, found none`,
      ENCODE_AGAIN,
    );
  let keys: unknown;
  try {
    keys = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new InputError(path, 'expected item keys as JSON', ENCODE_AGAIN, { cause });
  }
  const wrong = (got: string, advice = ENCODE_AGAIN): InputError =>
    new InputError(path, `expected the ${items} item keys of ${table}, each once, got ${got}`, advice);
  if (!Array.isArray(keys)) throw wrong('no list');
  const noText = keys.find((key) => typeof key !== 'string') as unknown;
  if (noText !== undefined)
    throw wrong(excerpt(JSON.stringify(noText)), 'Write keys as text: one per row after the row of zeros');
  if (keys.length === items + 1)
    throw wrong(`${keys.length}`, 'The first row of the table is of zeros and of no item: put it there');
  if (keys.length !== items) throw wrong(`${keys.length}`);
  const seen = new Set<string>();
  const again = (keys as string[]).find((key) => seen.size === seen.add(key).size);
  if (again !== undefined) throw wrong(`${excerpt(again)} twice`);
  if (hash !== undefined && itemKeysHash(keys as string[]) !== hash) throw wrong('others');
  return keys as string[];
}

function aligned(
  path: string,
  { dim, data }: ItemTable,
  keys: readonly string[],
  wanted: readonly string[],
  onNotice?: (line: string) => void,
): ItemTable {
  const rowOf = new Map(keys.map((key, i) => [key, i + 1]));
  const lacking = wanted.filter((key) => !rowOf.has(key));
  if (lacking.length > 0)
    throw new InputError(
      path,
      `expected vectors of all ${wanted.length} items of this dataset, got a table of others: ` +
        `${lacking.length} are not in it, such as "${lacking.slice(0, 3).join('", "')}"`,
      ENCODE_AGAIN,
    );
  const rows = new Float32Array((wanted.length + 1) * dim);
  wanted.forEach((key, i) => {
    const row = rowOf.get(key)!;
    rows.set(data.subarray(row * dim, (row + 1) * dim), (i + 1) * dim);
  });
  if (keys.length > wanted.length)
    onNotice?.(`${path}: ${wanted.length} of its ${keys.length} items are used, found by their keys`);
  const table = { rows: wanted.length + 1, dim, data: rows };
  checkItemTable(table, wanted.length, path);
  return table;
}

/**
 * Reads the item table that `elephant encode` wrote, or one that another program wrote under the same name
 * and shape. Aligns it to a dataset: row i is the vector of item id i.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Dataset } from '../../data/types';
import { checkRows, SafetensorsFile } from '../../engine/safetensors/safetensors';
import { InputError } from '../../errors';
import { checkItemTable, type ItemTable } from '../../text/itemTable';

/** Name of the tensor in the file: [items + 1, dim], row 0 zero, row i = item id i. */
export const TABLE_TENSOR = 'items';

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
 * @throws InputError for a file that is damaged or not an item table, and for one that lacks items of the
 * dataset.
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
  { width, onNotice }: ReadItemTableOptions = {},
): Promise<ItemTable> {
  if (!Array.isArray((dataset as Partial<Dataset> | undefined)?.itemKeys))
    throw new InputError('readItemTable', 'expected a dataset with its item keys', 'readOwn gives one');
  const { table, metadata, checked } = await readTableFile(path);
  if (width !== undefined && table.dim !== width)
    throw new InputError(path, `expected vectors of width ${width}, got ${table.dim}`);
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

/** The rows as they are in the file; `checked`: a checksum confirms that they are those that were written. */
export async function readTableFile(
  path: string,
): Promise<{ table: ItemTable; metadata: ReadonlyMap<string, string>; checked: boolean }> {
  const file = await SafetensorsFile.open(path);
  try {
    const stored = file.tensors.get(TABLE_TENSOR);
    if (stored === undefined || stored.shape.length !== 2) {
      const found = [...file.tensors].map(([name, { shape }]) => `${name} [${shape.join(', ')}]`);
      throw new InputError(
        path,
        `expected a tensor "${TABLE_TENSOR}" of two axes, got ${found.slice(0, 5).join(', ') || 'nothing'}`,
        'Is this an item table? `elephant encode` writes one',
      );
    }
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
  const isList =
    Array.isArray(keys) &&
    keys.length === items &&
    new Set(keys).size === items &&
    keys.every((key) => typeof key === 'string');
  if (!isList || (hash !== undefined && itemKeysHash(keys as string[]) !== hash))
    throw new InputError(
      path,
      `expected the ${items} item keys of ${table}, each once, got others`,
      ENCODE_AGAIN,
    );
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

/**
 * The items whose rows of an item table are most like that of one item, for notebooks. Pure; called by
 * Session.
 */
import type { ItemText } from '../../data';
import { InputError } from '../../errors';
import { checkItemTable, type ItemTable } from '../../text';
import { nearestRows } from './itemMap';

export interface NearItem extends ItemText {
  readonly id: number;
}

/**
 * The item itself, then its `count` nearest by cosine. `id` is the item's, from 1; texts of id i at index i -
 * 1.
 */
export function nearestItems(
  table: ItemTable,
  texts: readonly ItemText[],
  id: number,
  count: number,
): NearItem[] {
  checkItemTable(table, texts.length, 'nearest items');
  if (!Number.isInteger(id) || id < 1 || id > texts.length) {
    throw new InputError('nearestItems', `expected an item from 1 to ${texts.length}, got ${id}`);
  }
  const { dim, data } = table;
  const rows = texts.map((_, i) => data.subarray((i + 1) * dim, (i + 2) * dim));
  return [id - 1, ...nearestRows(rows, id - 1, count)].map((i) => ({ id: i + 1, ...texts[i] }));
}

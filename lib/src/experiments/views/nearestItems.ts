/** The items whose rows of an item table are most like that of one item. */
import type { ItemText } from '../../data';
import { InputError } from '../../errors';
import { checkItemTable, type ItemTable } from '../../text';
import type { TableSource } from '../chain/itemTables';
import { loadDataset } from '../stages/storedDataset';
import { itemTable } from '../stages/storedTable';
import { nearestRows, TABLE_SOURCES } from './itemMap';
import { shownDomain } from './itemRows';
import { view } from './view';

export interface NearItem extends ItemText {
  readonly id: number;
}

/** Items whose neighbours a results file keeps. */
const KEPT_ITEMS = [7, 20];
const COUNT = 5;

/** An item and the `count` items most like it in an item table. `item` is an id, from 1. */
export const nearestItems = view('nearestItems', {
  args: (_, domain: string, source: TableSource, item: number, count: number = COUNT) =>
    [domain, source, item, count] as const,
  kept: (profile, ask) =>
    shownDomain(profile).flatMap((domain) =>
      TABLE_SOURCES.flatMap((source) => KEPT_ITEMS.map((item) => ask(domain, source, item))),
    ),
  of: (experiment, domain, source, item, count) => {
    const [dataset, table] = [experiment.dataset(domain), experiment.itemTable(domain, source)];
    return {
      nodes: [dataset, table],
      make: (read) => nearest(itemTable(read(table)), loadDataset(read(dataset)).itemTexts, item, count),
    };
  },
});

/**
 * The item itself, then its `count` nearest by cosine. `id` is the item's, from 1; texts of id i at index i -
 * 1.
 */
export function nearest(table: ItemTable, texts: readonly ItemText[], id: number, count: number): NearItem[] {
  checkItemTable(table, texts.length, 'nearest items');
  if (!Number.isInteger(id) || id < 1 || id > texts.length) {
    throw new InputError('nearestItems', `expected an item from 1 to ${texts.length}, got ${id}`);
  }
  const { dim, data } = table;
  const rows = texts.map((_, i) => data.subarray((i + 1) * dim, (i + 2) * dim));
  return [id - 1, ...nearestRows(rows, id - 1, count)].map((i) => ({ id: i + 1, ...texts[i] }));
}

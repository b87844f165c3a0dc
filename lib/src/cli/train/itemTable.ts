/** The item table that `elephant train` starts from: computed here, or a file made by `elephant encode`. */
import type { Dataset } from '../../data';
import { regularFile } from '../../readableFile';
import type { ItemTable } from '../../text/itemTable';
import type { ProgressLine } from '../progress';
import { sayWithoutText } from '../withoutText';

/** Tables that need no file. */
export const TABLES = ['random', 'neighbours', 'lexical'] as const;

/** Undefined for a random one. `dim` and `seed` are for those that are computed. */
export async function tableOf(
  table: string,
  { dim, seed }: { dim: number; seed: number },
  dataset: Dataset,
  line: ProgressLine,
): Promise<ItemTable | undefined> {
  if (table === 'random') return undefined;
  if (table === 'neighbours')
    return (await import('../../training/recommender')).neighbourTable(dataset, { dim, seed });
  if (table === 'lexical') {
    sayWithoutText(dataset, '--table lexical', line);
    return (await import('../../text')).lexicalTable(dataset.itemTexts, dim, seed);
  }
  regularFile(table, 'an item table that `elephant encode` wrote');
  const { readItemTable } = await import('../../models/itemTables/readItemTable');
  return readItemTable(table, dataset, { onNotice: (notice) => line.print(notice) });
}

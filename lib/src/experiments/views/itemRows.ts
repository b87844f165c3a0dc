/**
 * The items of a domain as rows, with how many interactions each has. Pure; called by Session, shown by
 * notebooks.
 */
import type { Dataset, ItemText } from '../../data';

export interface ItemRow extends ItemText {
  readonly id: number;
  readonly interactions: number;
}

export function itemRows({ itemTexts, sequence }: Dataset): ItemRow[] {
  const counts = new Int32Array(itemTexts.length + 1);
  for (const id of sequence) counts[id]++;
  return itemTexts.map((text, i) => ({ id: i + 1, ...text, interactions: counts[i + 1] }));
}

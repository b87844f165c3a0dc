/** Items of which a table of texts says nothing: counted, and refused if there are no others. */
import type { Dataset } from '../data';
import { InputError } from '../errors';
import type { ProgressLine } from './progress';

/**
 * @param where what needs the texts.
 * @throws InputError if no item has a text: all vectors would be equal.
 */
export function sayWithoutText(
  { itemTexts, itemKeys, items }: Dataset,
  where: string,
  line: ProgressLine,
): void {
  const without = itemKeys.filter((_, i) => Object.values(itemTexts[i]).every((text) => text.trim() === ''));
  if (without.length === 0) return;
  const examples = `such as "${without.slice(0, 3).join('", "')}"`;
  if (without.length === items)
    throw new InputError(
      where,
      `expected items with texts, got ${items} without any, ${examples}`,
      'Give the file of items with --items',
    );
  line.print(`${without.length} of ${items} items have no text and get equal vectors, ${examples}`);
}

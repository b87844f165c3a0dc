/**
 * Item texts (method 2.6): title, brand and category as the metadata has them. No HTML cleaning, no
 * lower-casing; what is missing is the empty string, so that texts never shift against ids. Called by the
 * readers.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { chunksOf } from './duckdb';
import type { ReadReport } from './readReport';
import type { ItemText } from './types';

const NO_TEXT: ItemText = Object.freeze({ title: '', brand: '', category: '' });

/** An item's text from the raw values; category may be a text, a list or a list of lists, as JSON. */
export function itemText(title: string | null, brand: string | null, category: string | null): ItemText {
  return { title: title ?? '', brand: brand ?? '', category: categoryText(category) };
}

/**
 * Category names joined by one space, from JSON: "Toys", ["Toys", "Games"] or [["Toys", "Games"]] (the form
 * of 2014).
 */
export function categoryText(json: string | null): string {
  if (json === null) return '';
  const names = (value: unknown): string[] =>
    Array.isArray(value) ? value.flatMap(names) : value === null ? [] : [String(value)];
  return names(JSON.parse(json)).join(' ');
}

/**
 * Texts in the order of item ids from a query of (key, title, brand, category as JSON) in file order. Of
 * several records of one item the first counts.
 */
export async function collectItemTexts(
  connection: DuckDBConnection,
  sql: string,
  itemKeys: readonly string[],
): Promise<{ texts: ItemText[]; counts: ReadReport['itemTexts'] }> {
  const position = new Map(itemKeys.map((key, i) => [key, i]));
  const texts = new Array<ItemText | undefined>(itemKeys.length).fill(undefined);
  const counts = { records: 0, withoutId: 0, duplicates: 0, missing: 0, withoutTitle: 0 };
  for await (const chunk of chunksOf(connection, sql)) {
    const [keys, titles, brands, categories] = [0, 1, 2, 3].map((c) => chunk.getColumnVector(c));
    const rows = chunk.rowCount;
    counts.records += rows;
    for (let j = 0; j < rows; j++) {
      const key = keys.getItem(j) as string | null;
      if (key === null || key === '') counts.withoutId++;
      const at = position.get(key ?? '');
      if (at === undefined) continue;
      if (texts[at] !== undefined) counts.duplicates++;
      else
        texts[at] = itemText(
          titles.getItem(j) as string | null,
          brands.getItem(j) as string | null,
          categories.getItem(j) as string | null,
        );
    }
  }
  const complete = texts.map((text) => text ?? NO_TEXT);
  counts.missing = texts.filter((text) => text === undefined).length;
  counts.withoutTitle = complete.filter((text) => text.title === '').length;
  return { texts: complete, counts };
}

/**
 * Item texts (method 2.6): title, brand and category as the files have them. HTML is not cleaned and case is
 * kept. A missing text is the empty string, so that texts never shift against ids.
 */
import { excerpt } from '../../errors';
import { plainId } from '../alikeIds';
import { FLAG_COLUMNS } from '../records/movieLens';
import type { Records } from '../records/records';
import type { ReadReport } from '../readReport';
import type { ItemText } from '../types';
import { CellReader } from './cells';
import { categoryColumns, type TakenColumns } from './columns';
import type { Findings } from './findings';

const NO_TEXT: ItemText = Object.freeze({ title: '', brand: '', category: '' });

export interface ItemTexts {
  texts: ItemText[];
  counts: ReadReport['itemTexts'];
  /** The first item whose key is like that of a record of another item: both, in words. */
  otherForm: string | undefined;
}

/** Texts in the order of item ids. Of several records of one item the first counts. */
export async function collectItemTexts(
  parts: readonly Records[],
  taken: TakenColumns,
  itemKeys: readonly string[],
  findings: Findings,
): Promise<ItemTexts> {
  const position = new Map(itemKeys.map((key, i) => [key, i]));
  const texts = new Array<ItemText | undefined>(itemKeys.length).fill(undefined);
  const counts = { records: 0, withoutId: 0, duplicates: 0, unused: 0 };
  const alike = new AlikeKeys(itemKeys);
  for (const records of parts) {
    const { names, read } = textReader(records, taken, findings);
    const reader = new CellReader(records, findings);
    for await (const batch of records.rows(names)) {
      counts.records += batch.length;
      for (const row of batch) {
        const key = reader.id(row, 0, names[0]);
        const at = position.get(key);
        if (key === '') {
          counts.withoutId++;
          findings.count('recordWithoutId', records.facts.name, row.place);
        } else if (at === undefined) {
          counts.unused++;
          alike.see(key, records.facts.name, row.place);
        } else if (texts[at] !== undefined) {
          counts.duplicates++;
          findings.count('repeatedRecord', records.facts.name, row.place, key);
        } else texts[at] = read(reader, row);
      }
    }
  }
  const seen = alike.of((at) => texts[at] === undefined);
  findings.add('otherForm', seen.length, seen[0] ?? '');
  return {
    texts: texts.map((text) => text ?? NO_TEXT),
    counts: { ...counts, ...missing(texts, itemKeys) },
    otherForm: seen[0],
  };
}

/** Records of other items whose keys look like those of items (alikeIds.ts). */
class AlikeKeys {
  private readonly plain: Map<string, number>;
  /** By position of the item, in words. */
  private readonly seen = new Map<number, string>();

  constructor(private readonly itemKeys: readonly string[]) {
    this.plain = new Map(itemKeys.map((key, at) => [plainId(key), at]));
  }

  see(key: string, file: string, place: string): void {
    const at = this.plain.get(plainId(key));
    if (at !== undefined && !this.seen.has(at))
      this.seen.set(at, `${file} ${place}: ${excerpt(key)} for ${excerpt(this.itemKeys[at])}`);
  }

  /** Of the items that `wanted` names. */
  of(wanted: (at: number) => boolean): string[] {
    return [...this.seen].flatMap(([at, words]) => (wanted(at) ? [words] : []));
  }
}

function missing(
  texts: readonly (ItemText | undefined)[],
  itemKeys: readonly string[],
): Pick<ReadReport['itemTexts'], 'missing' | 'withoutTitle' | 'withoutText' | 'examples'> {
  const empty = itemKeys.filter((_, i) => {
    const { title, brand, category } = texts[i] ?? NO_TEXT;
    return [title, brand, category].every((text) => text.trim() === '');
  });
  return {
    missing: texts.filter((text) => text === undefined).length,
    withoutTitle: texts.filter((text) => (text ?? NO_TEXT).title.trim() === '').length,
    withoutText: empty.length,
    examples: empty.slice(0, 3),
  };
}

/** The columns of a record, the item's key first, and how they make a text. */
function textReader(
  records: Records,
  taken: TakenColumns,
  findings: Findings,
): { names: string[]; read: (reader: CellReader, row: Parameters<CellReader['text']>[0]) => ItemText } {
  const names = [taken.item!];
  const place = (name: string): number => names.push(name) - 1;
  const [title, brand] = [taken.title, taken.brand].map((name) => (name === undefined ? -1 : place(name)));
  const flags = FLAG_COLUMNS.every((name) => records.columns.includes(name)) ? FLAG_COLUMNS : [];
  const category =
    taken.category !== undefined
      ? categoryColumns(records.columns, taken.category).map(place)
      : flags.map(place);
  if (flags.length > 0 && taken.category === undefined)
    findings.guess(`category from the ${flags.length} columns of genre flags`);
  const read = (reader: CellReader, row: Parameters<CellReader['text']>[0]): ItemText => {
    const text = (at: number): string => (at === -1 ? '' : reader.text(row, at, names[at]));
    const values = category.map(text);
    const ofFlags = values.flatMap((value, k) => (value === '1' ? [flags[k]] : [])).join(' ');
    const first = values.find((value) => value !== '') ?? '';
    // MovieLens and similar files have several categories in one field, with bars between them.
    const names_ = records.separated ? first.replaceAll('|', ' ') : first;
    return {
      title: text(title),
      brand: text(brand),
      category: taken.category === undefined ? ofFlags : names_,
    };
  };
  return { names, read };
}

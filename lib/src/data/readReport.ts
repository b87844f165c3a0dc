/**
 * What a reader read, kept and dropped, counted: every row of the source is in exactly one of these counts.
 * Kept beside the dataset (and in the prepared file), shown by the command line and by the notebook of
 * section 4.2.
 */
export interface SourceFile {
  /** File name without its folder. */
  name: string;
  bytes: number;
  uncompressedBytes: number;
  /** Byte sequences that were not UTF-8 and are read as U+FFFD. */
  replacedCharacters: number;
}

export interface ReadReport {
  files: SourceFile[];
  interactions: {
    /** Rows of the source. */
    read: number;
    /** Dropped: user or item missing or empty. */
    withoutId: number;
    /** Dropped: time negative, missing or later than two days after reading. */
    withoutTime: number;
    /** Dropped: user, item and time equal an earlier row's. 0 unless the reader was told to (D33). */
    repeated: number;
    /** Dropped by the filters on users and items (method 2.2). */
    filtered: number;
    kept: number;
  };
  /** Among rows that were not dropped for a missing id or time, and after the filters. */
  users: { read: number; kept: number };
  items: { read: number; kept: number };
  itemTexts: {
    /** Records of the metadata file; 0 where there is none. */
    records: number;
    /** Records without an item id. */
    withoutId: number;
    /** Further records of an item that already had one; the first one counts. */
    duplicates: number;
    /** Kept items without a record: their texts are empty strings. */
    missing: number;
    /** Kept items whose title is empty, those without a record included. */
    withoutTitle: number;
  };
}

/** The report in lines of plain text. */
export function describeReadReport(report: ReadReport): string[] {
  const { interactions: n, users, items, itemTexts: texts } = report;
  const count = (value: number): string => value.toLocaleString('en-US');
  const lines = [
    `files: ${report.files.map((file) => `${file.name} (${count(file.bytes)} bytes)`).join(', ')}`,
    `interactions: ${count(n.read)} read, ${count(n.kept)} kept; dropped: ${count(n.filtered)} by ` +
      `filters, ${count(n.withoutId)} without user or item, ${count(n.withoutTime)} with no possible ` +
      `time${n.repeated > 0 ? `, ${count(n.repeated)} exact repetitions` : ''}`,
    `users: ${count(users.read)} read, ${count(users.kept)} kept; items: ${count(items.read)} read, ` +
      `${count(items.kept)} kept`,
    `item texts: ${count(texts.records)} records, ${count(texts.duplicates)} of them duplicates; ` +
      `${count(texts.missing)} items without a record, ${count(texts.withoutTitle)} without a title`,
  ];
  const replaced = report.files.reduce((sum, file) => sum + file.replacedCharacters, 0);
  if (replaced > 0)
    lines.push(`${count(replaced)} byte sequences were not UTF-8 and are read as the replacement character`);
  return lines;
}

/**
 * Ids that look alike: they differ only in case, in hidden signs, in how an accent is composed, in spaces
 * within, or as 1, 01 and 1.0 do. They stay different; the report of a reader says that there are some.
 */

/** Soft hyphen, spaces without width, marks of direction, byte order mark. */
const HIDDEN = '\\x{ad}\\x{200b}-\\x{200f}\\x{2060}\\x{feff}';

/** SQL expression: the same text for ids that look alike. */
export function plainIdSql(column: string): string {
  const shown = `regexp_replace(nfc_normalize(${column}), '[${HIDDEN}]', '', 'g')`;
  const spaced = `regexp_replace(${shown}, '\\s+', ' ', 'g')`;
  return `lower(regexp_replace(${spaced}, '^0*([0-9]+)([.]0+)?$', '\\1'))`;
}

/** The same in this language. */
export function plainId(id: string): string {
  return id
    .normalize('NFC')
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^0*([0-9]+)([.]0+)?$/, '$1')
    .toLowerCase();
}

/** Kinds of files that people take for a table in text, by how they begin. */

const AS_TABLE = 'Write the table as CSV or Parquet (pandas: to_csv, to_parquet)';

const NO_TABLE: readonly [start: string, what: string, advice: string][] = [
  ['PK\x03\x04', 'a ZIP archive or an Excel file', 'Unpack it, or save it as CSV'],
  ['\x80\x02', 'a Python pickle', AS_TABLE],
  ['\x80\x03', 'a Python pickle', AS_TABLE],
  ['\x80\x04', 'a Python pickle', AS_TABLE],
  ['\x80\x05', 'a Python pickle', AS_TABLE],
  ['\x93NUMPY', 'a NumPy array', AS_TABLE],
  ['\x89HDF', 'an HDF5 file', AS_TABLE],
  ['ARROW1', 'an Arrow file', AS_TABLE],
  ['Obj\x01', 'an Avro file', AS_TABLE],
  ['SQLite format 3', 'an SQLite database', 'Write the table as CSV (.mode csv)'],
  ['%PDF', 'a PDF', 'Save the table as CSV'],
  ['\x89PNG', 'a picture', 'Name the file of the table'],
  ['\xff\xd8\xff', 'a picture', 'Name the file of the table'],
  ['<?xml', 'XML', 'Write the table as CSV'],
  ['7z\xbc\xaf', 'a 7z archive', 'Unpack it'],
  ['Rar!', 'a RAR archive', 'Unpack it'],
  ['\xd0\xcf\x11\xe0', 'an Excel file', 'Save it as CSV'],
  ['\x1f\x8b', 'a gzip file within a gzip file', 'Unpack it once'],
  ['BZh', 'a bzip2 file', 'Unpack it, or pack it with gzip'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard file', 'Unpack it, or pack it with gzip'],
  ['\xfd7zXZ', 'an xz file', 'Unpack it, or pack it with gzip'],
  ['version https://git-lfs', 'a pointer of Git LFS', 'Fetch the file itself (git lfs pull)'],
  ['<!doctype html', 'a web page', 'Download the file itself'],
  ['<html', 'a web page', 'Download the file itself'],
];

/** Where a tar archive names its form. */
const TAR_AT = 257;
const TAR = 'ustar';

/** As many bytes of a file's start as noTable looks at. */
export const LONGEST_START = TAR_AT + TAR.length;

/** What a file is that begins so, and what to do with it; undefined if it may be a table in text. */
export function noTable(start: string): { what: string; advice: string } | undefined {
  if (start.startsWith(TAR, TAR_AT)) return { what: 'a tar archive', advice: 'Unpack it' };
  const text = start.trimStart();
  const found = NO_TABLE.find(([magic]) => text.startsWith(magic) || text.toLowerCase().startsWith(magic));
  return found && { what: found[1], advice: found[2] };
}

/**
 * Prepared datasets: what a reader made of given files under given options, in one binary file, so that the
 * next start takes milliseconds. Immutable; written aside, synced and renamed. It is verified by hash on
 * reading; if that fails, the source is read again.
 *
 * Layout: 8 bytes magic, header length (uint32), header (JSON), then the sections it lists; the last 32 bytes
 * are SHA-256 of everything before.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { tell } from '../tell';
import { writeFileAtomic } from '../writeAside';
import type { DatasetWithReport } from './reading/readSource';
import type { ReadReport } from './readReport';
import type { Dataset, ItemText } from './types';

export interface Source {
  /** Which reader; its name is part of the key. */
  reader: string;
  /** Appears in the file's name. */
  name: string;
  /** Files read: path, size and time of change enter the key. */
  sources: string[];
  /** Everything else that the result depends on, as plain JSON. */
  options: object;
}

const MAGIC = 'ELEPHDS1';
/** Raise when a reader's result changes for the same files: older prepared files are then left alone. */
const VERSION = 7;

interface Header {
  dataset: Omit<Dataset, 'offsets' | 'sequence' | 'evaluationUsers' | 'userKeys' | 'itemKeys' | 'itemTexts'>;
  report: ReadReport;
  /** Bytes of each section in order; all a multiple of 4. */
  sections: number[];
}

/**
 * The prepared dataset from `folder`, or what `read` gives, prepared for the next time. Without a folder,
 * just reads.
 */
export async function prepared(
  folder: string | undefined,
  source: Source,
  read: () => Promise<DatasetWithReport>,
): Promise<DatasetWithReport> {
  if (folder === undefined) return read();
  const path = preparedPath(folder, source);
  const known = loadPrepared(path);
  if (known) return known;
  const fresh = await read();
  try {
    savePrepared(path, fresh);
  } catch (error) {
    // The dataset is read anyway; only the next start takes longer.
    tell(
      `prepared dataset ${path} could not be written (${(error as Error).message}); the source will be ` +
        'read again next time',
    );
  }
  return fresh;
}

/** Where the prepared form of a source lies. */
function preparedPath(folder: string, { reader, name, sources, options }: Source): string {
  const files = sources.map((path) => {
    const { size, mtimeMs } = statSync(path);
    return [resolve(path), size, mtimeMs];
  });
  const sorted = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, reader, files, sorted]))
    .digest('hex')
    .slice(0, 16);
  return join(folder, `${basename(name).replace(/[^\w.-]/g, '_')}-${key}.dataset`);
}

function savePrepared(path: string, { dataset, report }: DatasetWithReport): void {
  const { offsets, sequence, evaluationUsers, userKeys, itemKeys, itemTexts, ...rest } = dataset;
  const sections = [offsets, sequence, evaluationUsers].map(bytesOf);
  sections.push(encodeStrings(userKeys), encodeStrings(itemKeys));
  for (const field of ['title', 'brand', 'category'] as const)
    sections.push(encodeStrings(itemTexts.map((text) => text[field])));
  const header: Header = { dataset: rest, report, sections: sections.map((section) => section.length) };
  const headerText = padded(Buffer.from(JSON.stringify(header)), 0x20);
  const start = Buffer.alloc(12);
  start.write(MAGIC, 'latin1');
  start.writeUInt32LE(headerText.length, 8);
  writeFileAtomic(path, sealed([start, headerText, ...sections]));
}

/** The dataset of a prepared file; undefined if there is none, or none that is whole (it is then removed). */
function loadPrepared(path: string): DatasetWithReport | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    // Missing or unreadable: the source is read instead. A problem with the folder shows when it is written
    // to.
    return undefined;
  }
  const body = file.subarray(0, -32);
  if (
    file.length < 44 ||
    !createHash('sha256').update(body).digest().equals(file.subarray(-32)) ||
    body.toString('latin1', 0, 8) !== MAGIC
  ) {
    tell(`prepared dataset ${path} is damaged and was removed; the source is read again`);
    rmSync(path, { force: true });
    return undefined;
  }
  const headerEnd = 12 + body.readUInt32LE(8);
  const header = JSON.parse(body.toString('utf8', 12, headerEnd)) as Header;
  let at = headerEnd;
  const [offsets, sequence, evaluationUsers, userKeys, itemKeys, titles, brands, categories] =
    header.sections.map((bytes) => body.subarray(at, (at += bytes)));
  const [title, brand, category] = [titles, brands, categories].map(decodeStrings);
  const itemTexts: ItemText[] = title.map((text, i) => ({
    title: text,
    brand: brand[i],
    category: category[i],
  }));
  const dataset: Dataset = Object.freeze({
    ...header.dataset,
    offsets: int32(offsets),
    sequence: int32(sequence),
    evaluationUsers: int32(evaluationUsers),
    userKeys: decodeStrings(userKeys),
    itemKeys: decodeStrings(itemKeys),
    itemTexts,
  });
  return { dataset, report: header.report };
}

/** The parts, then the SHA-256 of all of them. */
function* sealed(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
    yield part;
  }
  yield hash.digest();
}

/**
 * Number of strings, then their lengths in UTF-16 units, then all texts joined, as UTF-8. The reader decodes
 * them at once and cuts them.
 */
function encodeStrings(strings: readonly string[]): Buffer {
  const lengths = Int32Array.from([strings.length, ...strings.map((text) => text.length)]);
  return padded(Buffer.concat([bytesOf(lengths), Buffer.from(strings.join(''))]), 0);
}

function decodeStrings(bytes: Buffer): string[] {
  const count = bytes.readInt32LE(0);
  const lengths = int32(bytes.subarray(4, 4 + 4 * count));
  const text = bytes.toString('utf8', 4 + 4 * count);
  const strings = new Array<string>(count);
  for (let k = 0, at = 0; k < count; at += lengths[k++]) strings[k] = text.slice(at, at + lengths[k]);
  return strings;
}

function padded(bytes: Buffer, fill: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, fill)]);
}

function bytesOf(array: Int32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** A copy, so that the whole file need not stay in memory and alignment does not matter. */
function int32(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

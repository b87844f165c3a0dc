/** Whether a file has the format that its name says. Looks at its form, not at its content. */
import { open, readFile } from 'node:fs/promises';
import { firstBytes, isGzipStart } from '../fileBytes';
import { checkWhole } from '../textFile';

export type Format = 'gzip' | 'safetensors' | 'json';

/** A longer header is not valid (the format's own limit). */
const LONGEST_HEADER = 100_000_000;

/** The format of a name's ending; undefined for one that says nothing that could be checked. */
export function formatOf(name: string): Format | undefined {
  if (name.endsWith('.gz')) return 'gzip';
  if (name.endsWith('.safetensors')) return 'safetensors';
  return name.endsWith('.json') ? 'json' : undefined;
}

/** What is wrong, as "expected ..., got ..."; undefined for a sound file. Gzip is decoded to its end. */
export async function formatProblem(path: string, format: Format): Promise<string | undefined> {
  if (format === 'gzip') return gzipProblem(path);
  const problem = await (format === 'json' ? jsonProblem(path) : safetensorsProblem(path));
  return problem === undefined
    ? undefined
    : `expected ${format}, got ${isGzipStart(firstBytes(path, 2)) ? 'a gzip file' : problem}`;
}

async function gzipProblem(path: string): Promise<string | undefined> {
  if (!isGzipStart(firstBytes(path, 2))) return 'expected a gzip file, got something else (a web page?)';
  try {
    await checkWhole(path, { maxUncompressedBytes: Infinity, maxLineBytes: Infinity });
    return undefined;
  } catch {
    return 'expected a sound gzip file, got one that is cut off or damaged';
  }
}

async function jsonProblem(path: string): Promise<string | undefined> {
  try {
    JSON.parse(await readFile(path, 'utf8'));
    return undefined;
  } catch {
    return 'something other than JSON (a web page?)';
  }
}

/** Layout: 8 bytes length of the header, the header as JSON, the tensors' bytes without gap. */
async function safetensorsProblem(path: string): Promise<string | undefined> {
  const other = 'something else (a web page?)';
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Buffer.alloc(8);
    await file.read(start, 0, 8, 0);
    const length = Number(start.readBigUInt64LE());
    if (size < 8 || length > Math.min(size - 8, LONGEST_HEADER)) return other;
    const header = Buffer.alloc(length);
    await file.read(header, 0, length, 8);
    const tensors = Object.values(JSON.parse(header.toString('utf8')) as Record<string, object>);
    const ends = tensors.flatMap((tensor) => ('data_offsets' in tensor ? lastOf(tensor.data_offsets) : []));
    const expected = 8 + length + ends.reduce((most, end) => Math.max(most, end), 0);
    return expected === size ? undefined : `${size} bytes instead of ${expected}`;
  } catch {
    return other;
  } finally {
    await file.close();
  }
}

function lastOf(offsets: unknown): number {
  return Array.isArray(offsets) ? Number(offsets[1]) : NaN;
}

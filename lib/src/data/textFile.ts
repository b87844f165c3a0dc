/**
 * Text of a file (plain or gzip, any encoding) in blocks of whole lines, or in pieces if a line may be larger
 * than memory. The same pass finds bytes that are not in the encoding, and lines beyond the limit.
 */
import { isUtf8 } from 'node:buffer';
import { InputError } from '../errors';
import { regularFile } from '../readableFile';
import { encodingLabel, markedEncoding, startsWith } from './encodings';
import { bytesOf } from './fileBytes';

export interface TextFileLimits {
  /** Bytes after decompression; by default 100 times the file's size, at least 1 GiB. */
  maxUncompressedBytes?: number;
  /** Longest line (or record over several lines) in bytes; LONGEST_LINE by default. */
  maxLineBytes?: number;
}

export interface TextFile {
  path: string;
  /** A label of the WHATWG Encoding Standard, such as utf-8, windows-1252, utf-16le or shift_jis. */
  encoding: string;
  limits: TextFileLimits;
}

export interface TextBlock {
  /** Number, from 1, of the line that the block begins in. */
  line: number;
  text: string;
  /**
   * Byte, from 1, of the first sequence that is not UTF-8, by number of the line; each is U+FFFD in the text.
   */
  invalid?: ReadonlyMap<number, number>;
  /** Bytes of the file after decompression, up to the end of the block. */
  bytes: number;
}

export const LONGEST_LINE = 2 ** 24;

const LF = 10;
const CR = 13;

/** The file with its encoding: as its byte order mark says, otherwise the one given, otherwise UTF-8. */
export function textFile(path: string, limits: TextFileLimits, encoding?: string): TextFile {
  regularFile(path);
  const given = encoding === undefined ? 'utf-8' : encodingLabel(encoding);
  return { path, limits, encoding: markedEncoding(path) ?? given };
}

/** Blocks of whole lines, the last line's end left out; lines end with LF, CRLF or CR. */
export async function* lineBlocks(file: TextFile): AsyncGenerator<TextBlock & { lines: string[] }> {
  const maxLine = file.limits.maxLineBytes ?? LONGEST_LINE;
  const cut = (buffer: Buffer): number => {
    const last = buffer.lastIndexOf(LF);
    if (buffer.length - 1 - last > maxLine) throw tooLong(file.path, maxLine);
    return last + 1;
  };
  for await (const block of blocks(withLineFeeds(asUtf8(file)), cut)) {
    const lines = block.text.split('\n');
    if (lines[lines.length - 1] === '') lines.pop();
    for (let k = 0; k < lines.length; k++) {
      const line = lines[k];
      if (line.length * 3 > maxLine && Buffer.byteLength(line) > maxLine)
        throw tooLong(file.path, maxLine, block.line + k);
      if (line.endsWith('\r')) lines[k] = line.slice(0, -1);
    }
    yield { ...block, lines };
  }
}

/** Pieces of the text as they come, cut anywhere between two characters. */
export function textPieces(file: TextFile): AsyncGenerator<TextBlock> {
  return blocks(asUtf8(file), lastCharacterStart);
}

/** Reads a file from end to end. @throws InputError as the reading of its lines does. */
export async function checkWhole(path: string, limits: TextFileLimits): Promise<void> {
  for await (const chunk of bytesOf(path, limits.maxUncompressedBytes)) void chunk;
}

/** Whether a file is UTF-8 from end to end; "ascii" if it is text in many other encodings as well. */
export async function isUtf8File(path: string, limits: TextFileLimits): Promise<boolean | 'ascii'> {
  let ascii = true;
  for await (const { text, invalid } of textPieces({ path, limits, encoding: 'utf-8' })) {
    if (invalid) return false;
    ascii &&= !/[^\u0000-\u007f]/.test(text);
  }
  return ascii ? 'ascii' : true;
}

/** Text up to where `cut` says, each time bytes arrive; at the end of the file, whatever is left. */
async function* blocks(
  chunks: AsyncIterable<Buffer>,
  cut: (buffer: Buffer) => number,
): AsyncGenerator<TextBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let bytes = 0;
  let column = 0;
  const block = (buffer: Buffer): TextBlock => {
    const invalid = isUtf8(buffer) ? undefined : invalidBytes(buffer, line, column);
    const made = { line, text: buffer.toString('utf8'), bytes: (bytes += buffer.length), invalid };
    for (let at = buffer.indexOf(LF); at !== -1; at = buffer.indexOf(LF, at + 1)) line++;
    const last = buffer.lastIndexOf(LF);
    column = last === -1 ? column + buffer.length : buffer.length - 1 - last;
    return made;
  };
  for await (const chunk of chunks) {
    const buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = cut(buffer);
    if (end > 0) yield block(buffer.subarray(0, end));
    rest = buffer.subarray(end);
  }
  if (rest.length > 0) yield block(rest);
}

/** The same, with each lone carriage return (old Macs) replaced by a line feed. */
async function* withLineFeeds(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held = false;
  for await (const chunk of chunks) {
    const buffer: Buffer = held ? Buffer.concat([Buffer.of(CR), chunk]) : chunk;
    held = buffer.at(-1) === CR;
    const end = held ? buffer.length - 1 : buffer.length;
    for (let at = buffer.indexOf(CR); at !== -1 && at < end; at = buffer.indexOf(CR, at + 1))
      if (buffer[at + 1] !== LF) buffer[at] = LF;
    yield buffer.subarray(0, end);
  }
  if (held) yield Buffer.of(LF);
}

/** Bytes as UTF-8, whatever the file's encoding, without a byte order mark. */
async function* asUtf8(file: TextFile): AsyncGenerator<Buffer> {
  if (file.encoding === 'utf-8') {
    let first = true;
    for await (const chunk of bytesOf(file.path, file.limits.maxUncompressedBytes)) {
      yield first && startsWith(chunk, [0xef, 0xbb, 0xbf]) ? chunk.subarray(3) : chunk;
      first = false;
    }
    return;
  }
  const decoder = new TextDecoder(file.encoding, { fatal: true });
  let line = 1;
  const decode = (chunk?: Buffer): Buffer => {
    try {
      const text = Buffer.from(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode());
      for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) line++;
      return text;
    } catch (cause) {
      throw new InputError(
        `${file.path} line ${line} or later`,
        `expected text in ${file.encoding}, got bytes that are not`,
        'Give another encoding (--encoding), or check that the file was written completely',
        { cause },
      );
    }
  };
  for await (const chunk of bytesOf(file.path, file.limits.maxUncompressedBytes)) yield decode(chunk);
  yield decode();
}

/** By line number, the place of the first byte in that line that is not UTF-8. */
function invalidBytes(buffer: Buffer, firstLine: number, column: number): Map<number, number> {
  const found = new Map<number, number>();
  for (let start = 0, line = firstLine; start <= buffer.length; line++) {
    const next = buffer.indexOf(LF, start);
    const end = next === -1 ? buffer.length : next;
    const bytes = buffer.subarray(start, end);
    if (!isUtf8(bytes)) {
      const text = bytes.toString('utf8');
      const valid = Buffer.byteLength(text.slice(0, text.indexOf('\ufffd')));
      found.set(line, valid + 1 + (start === 0 ? column : 0));
    }
    start = end + 1;
  }
  return found;
}

/**
 * Where the last (possibly cut) character of the buffer begins: what precedes it can be checked alone.
 */
function lastCharacterStart(buffer: Buffer): number {
  let at = buffer.length - 1;
  while (at > 0 && at > buffer.length - 4 && (buffer[at] & 0xc0) === 0x80) at--;
  return Math.max(0, at);
}

function tooLong(path: string, maxLine: number, line?: number): InputError {
  return new InputError(
    line === undefined ? path : `${path} line ${line}`,
    `expected lines of at most ${maxLine} bytes, got a longer one`,
    'Set maxLineBytes higher if the file is right',
  );
}

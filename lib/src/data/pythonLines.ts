/**
 * Rewrites a file of Python literals, one a line, as JSON lines with the given keys, for DuckDB. Called by
 * amazon.ts for the metadata of 2014.
 */
import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../errors';
import type { CheckedFile } from './jsonLines';
import { parsePythonLiteral } from './pythonLiteral';
import { linesOf } from './textFile';

/**
 * The file itself where its first line is no Python dictionary, otherwise a copy in `folder`. @throws
 * InputError naming the line at fault.
 */
export async function asJsonLines(
  file: CheckedFile,
  keys: readonly string[],
  folder: string,
): Promise<CheckedFile> {
  if (!(await startsAsPython(file.path))) return file;
  const copy = join(folder, `json-${basename(file.path).replace(/\.gz$/, '')}`);
  const rewritten = async function* (): AsyncGenerator<string> {
    let lines = '';
    for await (const { number, text } of linesOf(file.path)) {
      if (text.trim() === '') continue;
      lines += `${JSON.stringify(pick(read(text, `${file.original} line ${number}`), keys))}\n`;
      if (lines.length < 1 << 18) continue;
      yield lines;
      lines = '';
    }
    yield lines;
  };
  await pipeline(Readable.from(rewritten()), createWriteStream(copy, { flags: 'wx' }));
  return { ...file, path: copy, gzip: false };
}

/** Single quotes after the brace: JSON never has them there. */
async function startsAsPython(path: string): Promise<boolean> {
  for await (const { text } of linesOf(path)) {
    if (text.trim() !== '') return /^\s*\{\s*u?'/.test(text);
  }
  return false;
}

function read(text: string, where: string): object {
  try {
    const value = parsePythonLiteral(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    throw new SyntaxError('expected a dictionary');
  } catch (cause) {
    throw new InputError(
      where,
      (cause as Error).message,
      'The file needs one dictionary a line, as its first line is',
      { cause },
    );
  }
}

/** JSON has no lone surrogates; DuckDB refuses them. */
function pick(record: object, keys: readonly string[]): Record<string, unknown> {
  const whole = (value: unknown): unknown =>
    typeof value === 'string'
      ? value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
      : Array.isArray(value)
        ? value.map(whole)
        : value;
  return Object.fromEntries(keys.map((key) => [key, whole((record as Record<string, unknown>)[key])]));
}

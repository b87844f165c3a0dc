/**
 * Files with a user's whole history on each line: `user item item ...`, oldest first, all whole numbers, as
 * S3-Rec and its successors have them. Each item becomes a row.
 */
import { InputError, excerpt } from '../../errors';
import type { SourceFile } from '../readReport';
import { lineBlocks, type TextFile } from '../textFile';
import type { Records, Row } from './records';

const LINE = /^\d+(?:[ \t]\d+)+[ \t]*$/;

/** Lines of so many numbers that they cannot be the columns of a table. `top`: the first lines of a file. */
export function areHistories(top: readonly string[]): boolean {
  const lines = top.filter((line) => line !== '');
  return (
    lines.every((line) => LINE.test(line)) && new Set(lines.map((line) => numbers(line).length)).size > 1
  );
}

export function historyRecords(file: TextFile, facts: SourceFile, said: readonly string[]): Records {
  return {
    path: file.path,
    columns: ['user', 'item'],
    facts,
    separated: true,
    said: [...said, 'each line read as a user and all items of this user, oldest first'],
    inOrder: true,
    named: true,
    rows: (wanted) =>
      rows(
        file,
        facts,
        wanted.map((name) => (name === 'user' ? 0 : 1)),
      ),
  };
}

async function* rows(file: TextFile, facts: SourceFile, wanted: readonly number[]): AsyncGenerator<Row[]> {
  for await (const { line, lines, bytes } of lineBlocks(file)) {
    facts.uncompressedBytes = bytes;
    yield lines.flatMap((text, k): Row[] => {
      if (text === '') return [];
      if (!LINE.test(text))
        throw new InputError(
          `${file.path} line ${line + k}`,
          `expected whole numbers, a user and items, got ${excerpt(text)}`,
          'Correct or remove the line',
        );
      const [user, ...items] = numbers(text);
      return items.map((item) => ({
        place: `line ${line + k}`,
        cells: wanted.map((at) => [user, item][at]),
      }));
    });
  }
}

function numbers(line: string): string[] {
  return line.trim().split(/[ \t]+/);
}

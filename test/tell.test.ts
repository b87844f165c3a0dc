/** Lines on standard error: named, escaped, and not mixed with a progress display on a terminal. */
import { afterEach, expect, test, vi } from 'vitest';
import { tell } from '../lib/src/tell';

const terminal = process.stderr.isTTY;
afterEach(() => {
  process.stderr.isTTY = terminal;
  vi.restoreAllMocks();
});

function told(line: string, isTTY: boolean): string {
  process.stderr.isTTY = isTTY;
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  tell(line);
  return write.mock.calls.map(([text]) => String(text)).join('');
}

test('a line names the program, and shows what would steer a terminal', () => {
  expect(told('/data/\x1b[2Jx is damaged', false)).toBe('elephant: /data/\\u001b[2Jx is damaged\n');
});

test('on a terminal it takes the place of a progress line', () => {
  expect(told('waiting', true)).toBe('\r\x1b[2Kelephant: waiting\n');
});

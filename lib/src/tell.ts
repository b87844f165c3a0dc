/** Lines on standard error, from any room, about what is awaited or amiss. */
import { printable } from './errors';

/** Overwrites the line of a progress display, if there is one. Control characters are escaped. */
export function tell(line: string, program = 'elephant'): void {
  const start = process.stderr.isTTY ? '\r\x1b[2K' : '';
  process.stderr.write(`${start}${program}: ${printable(line)}\n`);
}

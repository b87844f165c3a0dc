/** Lines on standard error about what a run waits for. */
import { printable } from '../errors';

/** Overwrites the line of a progress display, if there is one. */
export function tell(line: string): void {
  const start = process.stderr.isTTY ? '\r\x1b[2K' : '';
  process.stderr.write(`${start}elephant: ${printable(line)}\n`);
}

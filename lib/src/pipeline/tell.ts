/** Lines on standard error about what a run waits for. */
import { printable } from '../errors';

/** The line of a progress display, if there is one, is overwritten. */
export function tell(line: string): void {
  const start = process.stderr.isTTY ? '\r\x1b[2K' : '';
  process.stderr.write(`${start}elephant: ${printable(line)}\n`);
}

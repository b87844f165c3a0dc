/**
 * Progress on standard error: on a terminal one line rewritten in place, otherwise an occasional line, so
 * that logs stay readable. Control characters of data and servers are escaped. Nothing is ever written to
 * standard output.
 */
import { printable } from '../errors';

const INTERVAL_MS = process.stderr.isTTY ? 100 : 5000;

export class ProgressLine {
  private last = 0;
  private open = false;

  /** Shows `text`, unless another text was shown a moment ago. `force` always shows it. */
  update(text: string, force = false): void {
    const now = performance.now();
    if (!force && now - this.last < INTERVAL_MS) return;
    this.last = now;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[2K${printable(text).slice(0, (process.stderr.columns ?? 100) - 1)}`);
      this.open = true;
    } else {
      process.stderr.write(`${printable(text)}\n`);
    }
  }

  /** Ends the line that is being rewritten, and prints `text` on a line of its own. */
  print(text?: string): void {
    if (this.open) process.stderr.write('\r\x1b[2K');
    this.open = false;
    if (text !== undefined) process.stderr.write(`${printable(text)}\n`);
  }
}

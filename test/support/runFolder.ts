/**
 * Everything that tests, and the processes that they start, put into the system's temporary folder goes into
 * one folder, removed after the run: what a killed process or a file that could not be loaded leaves behind,
 * too. Vitest calls it around a run (vitest.config.mts); nobody imports it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function runFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'elephant-tests-'));
  // The processes that run test files inherit these: os.tmpdir() looks at the first, on Windows at the
  // others.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  // A process that was told to end may still be writing.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/**
 * Everything that a test file, and every process that it starts, puts into the system's temporary folder goes into one folder,
 * removed after the file's last test: what a killed process leaves behind, too. Vitest loads it before each test file
 * (vitest.config.mts); nobody imports it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const NAMES = process.platform === 'win32' ? ['TEMP', 'TMP'] : ['TMPDIR'];

const before = NAMES.map((name) => process.env[name]);
const folder = mkdtempSync(join(tmpdir(), 'elephant-tests-'));
for (const name of NAMES) process.env[name] = folder;

afterAll(() => {
  NAMES.forEach((name, i) => {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  });
  // A process that was told to end may still be writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

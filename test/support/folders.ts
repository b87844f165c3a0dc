/** Folders of a test. They lie in the folder of the run, which is removed after it (runFolder.ts). */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What is in each file, by its path in a folder. */
export type Files = Record<string, string | Buffer>;

/** A new folder, empty. */
export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'elephant-test-'));
}

/** A new folder with these files. */
export function folderWith(files: Files): string {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

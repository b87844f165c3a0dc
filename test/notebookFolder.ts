/**
 * A temporary folder for notebooks that import the library, so that no test writes where the project's
 * notebooks are. Not a test.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../lib/src/project';

/** A folder for notebooks from which `import 'elephant'` works. */
export function notebookFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'elephant-lab-'));
  symlinkSync(join(projectRoot, 'node_modules'), join(path, 'node_modules'), 'junction');
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

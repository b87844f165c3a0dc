/**
 * A temporary folder for notebooks that import the library, so that no test writes where the project's
 * notebooks are. Not a test.
 */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lib/src/project';
import { freshFolder } from './support/folders';

/** A folder for notebooks from which `import 'elephant'` works. */
export function notebookFolder(): { path: string; remove: () => void } {
  const path = freshFolder();
  symlinkSync(join(projectRoot, 'node_modules'), join(path, 'node_modules'), 'junction');
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

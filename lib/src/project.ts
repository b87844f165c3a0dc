/**
 * The project's folders, and the versions that a result depends on. Derived from this file's own place, so
 * the command, the workers and the notebooks (whose working folder is notebooks/) agree.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's root: the folder that holds notebooks/, lib/, data/ and figures/. */
export const projectRoot = join(__dirname, '..', '..');

export const folders = {
  data: join(projectRoot, 'data'),
  store: join(projectRoot, 'data', 'store'),
  prepared: join(projectRoot, 'data', 'prepared'),
  results: join(projectRoot, 'data', 'results'),
  /** Language models that come with the project; fetched ones lie in folders below it. */
  models: join(projectRoot, 'data', 'models'),
  notebooks: join(projectRoot, 'notebooks'),
  figures: join(projectRoot, 'figures'),
} as const;

/** The version of an installed package as its package.json says, or undefined if it is not installed. */
export function packageVersion(name: string): string | undefined {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    if (folder === dirname(folder)) return undefined;
  }
}

/** This library's own version. */
export function libraryVersion(): string {
  return (JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string })
    .version;
}

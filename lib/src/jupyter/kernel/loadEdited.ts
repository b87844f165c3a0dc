/** Loads a file of another package with its text changed, for what its surface does not let us reach. */
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname } from 'node:path';

/** What Node.js has and its types do not. */
type Loadable = Module & { _compile(text: string, file: string): void };
const { _nodeModulePaths: foldersAbove } = Module as unknown as {
  _nodeModulePaths(folder: string): string[];
};

/**
 * The file behind `id`, with `insertion` before `anchor`, becomes what `require` gives everybody.
 * @throws Error if the file is loaded already, or the anchor does not stand in it exactly once.
 */
export function loadEdited(id: string, anchor: string, insertion: string): void {
  const file = require.resolve(id);
  if (require.cache[file] !== undefined) throw new Error(`${id}: expected not to be loaded yet`);
  const parts = readFileSync(file, 'utf8').split(anchor);
  if (parts.length !== 2)
    throw new Error(`${id}: expected "${anchor.trim()}" once, got it ${parts.length - 1} times`);
  const module = new Module(file) as Loadable;
  module.filename = file;
  module.paths = foldersAbove(dirname(file));
  require.cache[file] = module;
  module._compile(parts.join(insertion + anchor), file);
  module.loaded = true;
}

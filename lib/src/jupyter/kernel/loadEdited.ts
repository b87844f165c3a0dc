/** Loads a file of another package with changed text, for what its API does not let us reach. */
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname } from 'node:path';

/** Parts of Node.js that its types lack. */
type Loadable = Module & { _compile(text: string, file: string): void };
const { _nodeModulePaths: foldersAbove } = Module as unknown as {
  _nodeModulePaths(folder: string): string[];
};

/** Text to insert into a file, and the text before which it goes. */
export interface Edit {
  readonly before: string;
  readonly insert: string;
}

/**
 * From now on `require` returns the file behind `id` with these edits.
 * @throws Error if the file is already loaded, or does not contain a text to edit exactly once.
 */
export function loadEdited(id: string, edits: readonly Edit[]): void {
  const file = require.resolve(id);
  if (require.cache[file] !== undefined) throw new Error(`${id}: expected not to be loaded yet`);
  let text = readFileSync(file, 'utf8');
  for (const { before, insert } of edits) {
    const parts = text.split(before);
    if (parts.length !== 2)
      throw new Error(`${id}: expected "${before.trim()}" once, got it ${parts.length - 1} times`);
    text = parts.join(insert + before);
  }
  const module = new Module(file) as Loadable;
  module.filename = file;
  module.paths = foldersAbove(dirname(file));
  require.cache[file] = module;
  module._compile(text, file);
  module.loaded = true;
}

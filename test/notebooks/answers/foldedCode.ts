/** Runs the code of a folded answer as it stands in its notebook. Not a test. */
import { join } from 'node:path';
import { transform } from 'sucrase';
import { readNotebook } from '../../../lib/src/jupyter/notebook/readNotebook';
import { folders } from '../../../lib/src/project';

/** What the folded code calls `yours`, with the names of `scope` in sight. A notebook has one such answer. */
export function foldedCode<T>(notebook: string, scope: Readonly<Record<string, unknown>>): T {
  const { cells } = readNotebook(join(folders.notebooks, `${notebook}.ipynb`));
  const [, code] = /<details>[^`]*```ts\n(.*?)```/s.exec(cells.map(({ source }) => source).join('\n')) ?? [];
  if (code === undefined) throw new Error(`${notebook}: no folded answer with code`);
  const { code: script } = transform(code, { transforms: ['typescript'] });
  return new Function(...Object.keys(scope), `${script}\nreturn yours;`)(...Object.values(scope)) as T;
}

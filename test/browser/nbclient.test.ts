/**
 * The same notebooks through Jupyter's own client and through ours: equal outputs, byte for byte. Ours are
 * those that the project's notebooks hold where `elephant report` has just run them with this library on the
 * results beside it; else they are run.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folders } from '../../lib/src/project';
import { fileHash, libraryHash } from '../../lib/src/report/hashes';
import { codeCells } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { runNotebook } from '../../lib/src/jupyter/notebook/runNotebook';
import { profile } from '../../lib/src/experiments/profiles';
import { shownResults } from '../../lib/src/report/otherProfiles';
import { notebookFolder } from '../notebookFolder';
import { execute, jupyter, missingForJupyter, runnableNotebooks } from './jupyter';

const reason = missingForJupyter(false);
if (reason !== undefined) console.log(`nbclient: skipped, ${reason}`);

describe.skipIf(reason !== undefined)('nbclient gives what the headless runner gives', () => {
  const folder = notebookFolder();
  const { names, env } = runnableNotebooks(folder.path);
  const own = fileHash(join(folders.results, `${env.ELEPHANT_PROFILE}.json`));
  // As writeReport stamps them: the results of the profile and of those that the report shows beside it.
  const inputs =
    own === undefined
      ? undefined
      : { library: libraryHash(), results: shownResults(own, profile(String(env.ELEPHANT_PROFILE))) };
  afterAll(folder.remove);

  test.each(names)('%s', { timeout: 300_000 }, async (name) => {
    const [ours, theirs] = ['ours', 'theirs'].map((copy) => join(folder.path, `${name}-${copy}.ipynb`));
    for (const copy of [ours, theirs]) copyFileSync(join(folders.notebooks, `${name}.ipynb`), copy);
    await runNotebook(ours, { env: { ...process.env, ...env }, inputs });
    const { status, output } = execute(await jupyter(env), theirs);
    expect(status, output).toBe(0);
    const outputs = (file: string): unknown =>
      codeCells(readNotebook(file)).map((cell) => [cell.execution_count, cell.outputs]);
    expect(outputs(theirs)).toEqual(outputs(ours));
  });
});

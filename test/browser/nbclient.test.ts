/** The same notebook through Jupyter's own client and through ours: equal outputs, byte for byte. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/src/project';
import { codeCells } from '../../lib/src/report/notebook/format';
import { readNotebook } from '../../lib/src/report/notebook/readNotebook';
import { runNotebook } from '../../lib/src/report/notebook/runNotebook';
import { execute, jupyter, missingForJupyter, notebookFolder } from './jupyter';

const reason = missingForJupyter(false);
if (reason !== undefined) console.log(`nbclient: skipped, ${reason}`);

describe.skipIf(reason !== undefined)('a notebook through nbclient', () => {
  test.each(['04-3-main-results'])('%s gives what the headless runner gives', { timeout: 300_000 }, async (name) => {
    const folder = notebookFolder();
    try {
      const [ours, theirs] = ['ours', 'theirs'].map((copy) => join(folder.path, `${copy}.ipynb`));
      for (const copy of [ours, theirs]) copyFileSync(join(projectRoot, 'notebooks', `${name}.ipynb`), copy);
      const env = { ELEPHANT_PROFILE: 'smoke', ELEPHANT_STORE: join(folder.path, 'store') };
      await runNotebook(ours, { env: { ...process.env, ...env } });
      const { status, output } = execute(await jupyter(env), theirs);
      expect(status, output).toBe(0);
      const outputs = (file: string) => codeCells(readNotebook(file)).map((cell) => [cell.execution_count, cell.outputs]);
      expect(outputs(theirs)).toEqual(outputs(ours));
    } finally {
      folder.remove();
    }
  });
});

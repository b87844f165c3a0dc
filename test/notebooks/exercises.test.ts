/**
 * The exercises of the notebooks: every one has an answer here, and what the notebook says in its folded
 * answer holds on the committed results, on the paper's printed numbers, or on data made for it. Those of
 * A-engine are in test/report/figures-tables.test.ts.
 */
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { folders } from '../../lib/src/project';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { notebookFiles } from '../../lib/src/report/notebooks';
import type { Answer } from './answers/answer';

const session = openResults(join(folders.results, 'mini.json'));

/** What is numbered under "Change this", each with its answer. */
function exercisesOf(file: string): string[] {
  const cell = readNotebook(file).cells.find(({ source }) => source.startsWith('## Change this'));
  return cell?.source.split(/^(?=\d+\. )/m).slice(1) ?? [];
}

const answersOf = async (name: string): Promise<readonly Answer[]> =>
  ((await import(`./answers/${name}.ts`)) as { answers: readonly Answer[] }).answers;

const notebooks = notebookFiles()
  .filter((file) => !file.endsWith('A-engine.ipynb'))
  .map((file) => ({ name: basename(file, '.ipynb'), exercises: exercisesOf(file) }));

describe.each(notebooks)('$name', ({ name, exercises }) => {
  test('has two or three exercises, an answer to each here and in words in the notebook', async () => {
    expect(exercises.length).toBeGreaterThanOrEqual(2);
    expect(await answersOf(name)).toHaveLength(exercises.length);
    for (const exercise of exercises) expect(exercise.trim()).toMatch(/\?.*\n<details>.+<\/details>$/s);
  });

  test.each(exercises.map((exercise, i) => [exercise.replaceAll('%', ' per cent').slice(0, 70), i] as const))(
    '%s',
    async (_, i) => {
      await (await answersOf(name))[i](session);
    },
  );
});

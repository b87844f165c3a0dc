/** What `elephant notebooks check` finds, in made notebooks and in the project's own sources. */
import { expect, test } from 'vitest';
import { checkNotebook } from '../../lib/src/jupyter/notebook/checkNotebook';
import { codeCells, type CellOutput, type Notebook } from '../../lib/src/jupyter/notebook/format';
import { staleness, stampNotebook } from '../../lib/src/jupyter/notebook/freshness';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { notebookFiles } from '../../lib/src/report/notebooks';

const INPUTS = { library: 'a'.repeat(64), results: 'b'.repeat(64) };

function notebookOf(source: string, outputs: CellOutput[] = []): Notebook {
  const notebook: Notebook = {
    metadata: {},
    cells: [{ cell_type: 'code', id: 'c', metadata: {}, source, execution_count: 1, outputs }],
  };
  stampNotebook(notebook, INPUTS);
  return notebook;
}

test('a notebook as it was run has no problem', () => {
  const notebook = notebookOf("show.text('https://a.org/home/x, 1/2')", [
    { output_type: 'stream', name: 'stdout', text: 'and/or ../data/file\n' },
  ]);
  expect(checkNotebook(notebook)).toEqual([]);
  expect(staleness(notebook, INPUTS)).toBeUndefined();
});

test('long cells, absolute paths and failed cells are named', () => {
  expect(checkNotebook(notebookOf(Array(26).fill('1;').join('\n')))).toEqual([
    'code cell 1 has 26 lines, expected at most 25',
  ]);
  expect(checkNotebook(notebookOf("read('/home/anna/data.csv')"))).toEqual([
    'code cell 1 contains the absolute path /home/anna',
  ]);
  expect(
    checkNotebook(
      notebookOf('1', [{ output_type: 'stream', name: 'stdout', text: 'from C:\\Users\\anna\\x\n' }]),
    ),
  ).toEqual([expect.stringMatching(/^code cell 1 contains the absolute path C:/)]);
  expect(
    checkNotebook(notebookOf('1', [{ output_type: 'error', ename: 'E', evalue: 'v', traceback: [] }])),
  ).toEqual(['code cell 1 failed']);
});

test('outputs that do not belong to code, results or library are told apart', () => {
  const changed = (change: (notebook: Notebook) => void): string | undefined => {
    const notebook = notebookOf('1', [{ output_type: 'stream', name: 'stdout', text: '1\n' }]);
    change(notebook);
    return staleness(notebook, INPUTS);
  };
  expect(changed((notebook) => void (codeCells(notebook)[0].source = '2'))).toBe(
    'its code was changed after it was run',
  );
  expect(changed((notebook) => void (codeCells(notebook)[0].outputs = []))).toBe(
    'its outputs were changed after it was run',
  );
  expect(changed((notebook) => void delete notebook.metadata.elephant)).toBe(
    'was not run, or not to its end',
  );
  expect(staleness(notebookOf('1'), { results: 'c'.repeat(64) })).toBe('was run on other results');
  expect(staleness(notebookOf('1'), { library: 'c'.repeat(64) })).toBe(
    'was run with another version of the library',
  );
});

test.each(notebookFiles().map((file) => [file.split(/[\\/]/).at(-1) as string, file]))(
  '%s has short cells and no absolute path',
  (_, file) => {
    // Whether the outputs are those of the last run is for `elephant report --check`, once they are
    // committed.
    expect(checkNotebook(readNotebook(file)).filter((problem) => problem.startsWith('code cell'))).toEqual(
      [],
    );
  },
);

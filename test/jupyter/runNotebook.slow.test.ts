/** The headless runner against a real kernel: what it writes, and every way in which a cell can go wrong. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { codeCells, type Notebook } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import {
  NotebookFailure,
  runNotebook,
  type RunNotebookOptions,
} from '../../lib/src/jupyter/notebook/runNotebook';
import { writeNotebook } from '../../lib/src/jupyter/notebook/writeNotebook';
import { formatNotebook } from '../../lib/src/jupyter/notebook/writeNotebook';
import { notebookFolder } from '../notebookFolder';

const { path: folder, remove } = notebookFolder();
afterAll(remove);

function codeCell(source: string, i: number): Notebook['cells'][number] {
  return { cell_type: 'code', id: `c${i}`, metadata: {}, source, execution_count: null, outputs: [] };
}

function notebookOf(name: string, ...sources: string[]): string {
  const file = join(folder, `${name}.ipynb`);
  writeNotebook(file, { metadata: {}, cells: sources.map(codeCell) });
  return file;
}

/** A fault is told within this time of the start of the cell that fails, its own time-out aside. */
const TOLD_WITHIN_MS = 5000;

async function failureOf(file: string, options: RunNotebookOptions = {}): Promise<NotebookFailure> {
  let started = performance.now();
  let cell = 0;
  const onProgress: RunNotebookOptions['onProgress'] = (progress) => {
    if (progress.cell !== cell) started = performance.now();
    cell = progress.cell;
  };
  const error: unknown = await runNotebook(file, { ...options, onProgress }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(performance.now() - started - 1000 * (options.cellSeconds ?? 0)).toBeLessThan(TOLD_WITHIN_MS);
  expect(error).toBeInstanceOf(NotebookFailure);
  return error as NotebookFailure;
}

const outputsOf = (file: string) => codeCells(readNotebook(file)).map((cell) => cell.outputs);

describe.concurrent('a notebook that runs', () => {
  test('keeps printed text, values and displays, and gives the same bytes when run again', async () => {
    const file = notebookOf(
      'fine',
      'const x: number = 6;\nconsole.log("a"); console.log("b"); console.error("c");',
      'x * 7',
      'import { newDisplay } from "tslab";\nconst d = newDisplay();\nd.text("half");\nawait new ' +
        'Promise((r) => setTimeout(r, 20));\nd.text("whole");',
      'd.html("<b>from another cell</b>");',
    );
    const seen: string[] = [];
    await runNotebook(file, { onProgress: ({ cell, message }) => seen.push(`${cell} ${message}`) });
    expect(outputsOf(file)).toEqual([
      [
        { output_type: 'stream', name: 'stdout', text: 'a\nb\n' },
        { output_type: 'stream', name: 'stderr', text: 'c\n' },
      ],
      [{ output_type: 'stream', name: 'stdout', text: '42\n' }],
      [{ output_type: 'display_data', data: { 'text/html': '<b>from another cell</b>' }, metadata: {} }],
      [],
    ]);
    expect(codeCells(readNotebook(file)).map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4]);
    expect(seen).toContain('3 whole');
    expect(seen).not.toContain('3 half');
    const bytes = readFileSync(file, 'utf8');
    expect(formatNotebook(readNotebook(file))).toBe(bytes);
    await runNotebook(file);
    expect(readFileSync(file, 'utf8')).toBe(bytes);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('is left alone while code, inputs and outputs are what they were', async () => {
    const file = notebookOf('fresh', 'console.log(1)');
    expect(await runNotebook(file, { inputs: { library: 'l', results: 'A' } })).toBe(true);
    expect(await runNotebook(file, { inputs: { library: 'l', results: 'A' } })).toBe(false);
    expect(await runNotebook(file, { inputs: { library: 'l', results: 'B' } })).toBe(true);
    const notebook = readNotebook(file);
    codeCells(notebook)[0].outputs = [{ output_type: 'stream', name: 'stdout', text: '2\n' }];
    writeNotebook(file, notebook);
    expect(await runNotebook(file, { inputs: { library: 'l', results: 'B' } })).toBe(true);
    expect(outputsOf(file)[0]).toEqual([{ output_type: 'stream', name: 'stdout', text: '1\n' }]);
  });
});

describe.concurrent('a cell that goes wrong is named, and what was done is kept', () => {
  const first = 'console.log("kept")';
  const kept = [{ output_type: 'stream', name: 'stdout', text: 'kept\n' }];

  test('throws', async () => {
    const file = notebookOf('throws', first, 'throw new Error("on purpose")', 'console.log("never")');
    const failure = await failureOf(file);
    expect(failure.message).toBe('throws.ipynb, code cell 2: threw an error');
    expect(failure.details).toContain('on purpose');
    expect(outputsOf(file)[0]).toEqual(kept);
    expect(outputsOf(file)[2]).toEqual([]);
  });

  test('throws for wrong input: two lines, the message and the line of the cell', async () => {
    const file = notebookOf(
      'wrong-input',
      "import { open } from 'elephant';",
      "// The name is wrong.\n\nconst session = open({ profile: 'mimi' });",
    );
    const { details } = await failureOf(file);
    expect(details.split('\n')).toEqual([
      expect.stringMatching(/^InputError: profile: unknown profile "mimi"\. Did you mean "mini"\?/),
      "    line 3: const session = open({ profile: 'mimi' });",
    ]);
  });

  test('does not compile', async () => {
    const failure = await failureOf(notebookOf('types', first, 'const n: number = "text";'));
    expect(failure.cell).toBe(2);
    expect(failure.details).toContain('not assignable');
  });

  test('rejects a promise after its end', async () => {
    const file = notebookOf(
      'rejects',
      first,
      'setTimeout(() => Promise.reject(new Error("late")), 300)',
      'await new Promise((r) => setTimeout(r, 2000))',
    );
    const failure = await failureOf(file);
    expect(failure).toMatchObject({ cell: 2 });
    expect(failure.message).toContain('late');
    expect(outputsOf(file)[1].at(-1)).toMatchObject({ output_type: 'error', ename: 'KernelFault' });
  });

  test("rejects a promise after the last cell's end", async () => {
    expect(
      await failureOf(notebookOf('last', first, 'setTimeout(() => Promise.reject(new Error("late")), 500)')),
    ).toMatchObject({ cell: 2 });
  });

  test('throws from a timer', async () => {
    const failure = await failureOf(
      notebookOf('timer', first, 'setTimeout(() => { throw new Error("in a timer"); }, 100)'),
    );
    expect(failure.message).toContain('in a timer');
  });

  test('loops for ever', async () => {
    const file = notebookOf('loops', first, 'for (;;);');
    const failure = await failureOf(file, { cellSeconds: 2 });
    expect(failure.message).toBe('loops.ipynb, code cell 2: did not end within 2 s and was stopped');
    expect(outputsOf(file)[0]).toEqual(kept);
  });

  test('prints 50 MB', async () => {
    const file = notebookOf(
      'prints',
      first,
      'for (let i = 0; i < 500; i++) console.log("x".repeat(100_000));',
    );
    const failure = await failureOf(file);
    expect(failure.message).toMatch(
      /^prints.ipynb, code cell 2: produced more output than allowed \(\d+ MiB\)/,
    );
    expect(readFileSync(file).length).toBeLessThan(100_000);
  });

  test.each([
    ['calls process.exit', 'process.exit(0)', 'exit code 0'],
    ['is killed', 'process.kill(process.pid, "SIGKILL"); for (;;);', 'killed by SIGKILL'],
  ])('%s', async (title, code, how) => {
    const file = notebookOf(title.replaceAll(' ', '-'), first, `console.log("before");\n${code}`);
    const failure = await failureOf(file);
    expect(failure.message).toContain(`code cell 2: the kernel process ended (${how})`);
    expect(outputsOf(file)[0]).toEqual(kept);
  });

  test('is interrupted by the user, within 2 s', async () => {
    const file = notebookOf('interrupted', first, 'console.log("running"); for (;;);');
    const controller = new AbortController();
    let asked = 0;
    const run = runNotebook(file, {
      signal: controller.signal,
      onProgress: ({ cell }) => {
        if (cell !== 2 || asked > 0) return;
        asked = performance.now();
        controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(outputsOf(file)[0]).toEqual(kept);
  });
});

test('a long text is cut in the notebook, with a note', async () => {
  const file = notebookOf(
    'long',
    'const print = () => { for (let i = 0; i < 20_000; i++) console.log("line " + i); };\nprint();',
  );
  await runNotebook(file);
  const [[text, note]] = outputsOf(file);
  expect((text as { text: string }).text).toHaveLength(64 * 1024);
  expect((note as { text: string }).text).toContain('the cell printed 208890 characters');
});

test.each([
  ['not JSON', '{"cells": [', /not valid JSON/],
  ['an old format', '{"nbformat": 3, "worksheets": []}', /format 3/],
  ['no notebook', '[]', /got no notebook/],
])('a file that is %s is named and left untouched', async (_, text, message) => {
  const file = join(folder, 'bad.ipynb');
  writeFileSync(file, text);
  await expect(runNotebook(file)).rejects.toThrow(message);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

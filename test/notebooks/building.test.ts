/**
 * The notebooks that build the method: how they begin and end, and that their outputs are what their words
 * say of them.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeCells } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { folders } from '../../lib/src/project';

const NAMES = ['00-tour', '01-sasrec-by-hand', '02-losses-and-ranking', '03-0-words-to-vectors'] as const;

const notebook = (name: (typeof NAMES)[number]) => readNotebook(join(folders.notebooks, `${name}.ipynb`));

/** All that the notebook's cells show, as text. */
function shown(name: (typeof NAMES)[number]): string {
  return codeCells(notebook(name))
    .flatMap(({ outputs }) => outputs.map((output) => ('data' in output ? output.data['text/plain'] : '')))
    .join('\n');
}

describe.each(NAMES)('%s', (name) => {
  const { cells } = notebook(name);

  test('says what it is about and what one learns', () => {
    expect(cells[0].source).toMatch(
      /^# .+\n\n\*\*In one sentence\.\*\* .+\n\n\*\*You will be able to\*\*\n\n(- .+\n?){3}$/,
    );
  });

  test('ends with three exercises, the last one of code, with a cell to fill and a check', () => {
    const [exercises, cell] = cells.slice(-2);
    expect(exercises.source.match(/^\d\. /gm)).toHaveLength(3);
    expect(exercises.source.match(/^3\. \*\*Code\.\*\*/gm)).toHaveLength(1);
    expect(cell.source).toMatch(/yours.*your code here/is);
    expect(shown(name)).toMatch(/^Not yet: .+\.$/m);
  });

  test('shows no NaN, and nothing went to standard error', () => {
    expect(shown(name)).not.toMatch(/NaN|undefined|Infinity/);
    const streams = codeCells(notebook(name)).flatMap(({ outputs }) =>
      outputs.filter(({ output_type }) => output_type === 'stream'),
    );
    expect(streams).toEqual([]);
  });
});

/** The number after `words` in what a notebook shows. */
function after(name: (typeof NAMES)[number], words: RegExp): number {
  const found = new RegExp(`${words.source}\\s*(-?[\\d.]*\\d)`).exec(shown(name));
  expect(found, String(words)).not.toBeNull();
  return Number(found?.[1]);
}

test('01: formula and ops agree, a step helps, and what comes later changes nothing before', () => {
  const of = (words: RegExp): number => after('01-sasrec-by-hand', words);
  expect(of(/by the formula:/)).toBe(of(/By TensorFlow.js:/));
  expect(of(/Before: honey has rank \d, NDCG [\d.]+, loss/)).toBeGreaterThan(
    of(/After one step: honey has rank \d, NDCG [\d.]+, loss/),
  );
  expect(of(/largest difference:/)).toBe(0);
  expect(of(/largest difference: 0.000,/)).toBe(0);
  expect(of(/largest difference: 0.000, 0.000,/)).toBeGreaterThan(0.1);
  expect(of(/\nSASRec +/)).toBeGreaterThan(of(/popularity +/));
});

test('02: losses agree with the library, and some methods change places', () => {
  expect(after('02-losses-and-ranking', /largest difference from ours/)).toBe(0);
  expect(shown('02-losses-and-ranking')).toContain('softmax touches comb, soap, towel, brush, mirror');
  expect(after('02-losses-and-ranking', /Of 21 pairs of methods,/)).toBeGreaterThan(0);
  expect(after('02-losses-and-ranking', /Of/)).toBe(190);
});

test('03-0: a step lowers the loss, and each state recommends better than the one before', () => {
  const of = (words: RegExp): number => after('03-0-words-to-vectors', words);
  expect(of(/Loss before/)).toBeGreaterThan(of(/after one step/));
  const all = ['LF', 'PT', 'FT'].map((state) => of(new RegExp(`\\n${state} +[\\d.]+ % +`)));
  expect(all).toEqual([...all].sort((a, b) => a - b));
  expect(of(/popularity +[\d.]+ % +/)).toBeLessThan(all[2]);
});

/** Numbers of decisions and sections that code, tests, notebooks and pages cite are there in docs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/src/project';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { notebookFiles } from '../../lib/src/report/notebooks';

const text = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const under = (folder: string, ending: string): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));

const code = [
  ...under('lib/src', '.ts'),
  ...under('lib/src', '.md'),
  ...under('test', '.ts').filter((path) => path !== join('test', 'package', 'references.test.ts')),
];
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'paper-repro.md',
  ...under('docs', '.md'),
  ...under('bench', '.md'),
  ...under('bench', '.ts'),
];
const sources = new Map([
  ...[...code, ...pages, join('lib', 'data', 'paper-tables.json')].map((path): [string, string] => [
    path,
    text(path),
  ]),
  ...notebookFiles().map((file): [string, string] => [
    file,
    readNotebook(file)
      .cells.map(({ source }) => source)
      .join('\n'),
  ]),
]);

const headings = (path: string): string[] =>
  [...text(path).matchAll(/^#{2,3} (\S+)/gm)].map(([, number]) => number.replace(/\.$/, ''));

/** "file: what" of each citation that `known` lacks, and how many there are at all. */
function citations(pattern: RegExp, known: readonly string[]): { cited: number; missing: string[] } {
  const all = [...sources].flatMap(([path, words]) =>
    [...words.matchAll(pattern)].flatMap((match) =>
      match
        .slice(1)
        .filter((number) => number !== undefined)
        .map((number) => ({ path, number })),
    ),
  );
  return {
    cited: all.length,
    missing: all
      .filter(({ number }) => !known.includes(number))
      .map(({ path, number }) => `${path}: ${number}`),
  };
}

describe('every citation resolves', () => {
  it('decisions', () => {
    const listed = headings('docs/decisions.md').filter((number) => /^D\d+$/.test(number));
    expect([...listed].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))).toEqual(
      Array.from({ length: 52 }, (_, i) => `D${i + 1}`),
    );
    const plain = citations(/\b(D\d{1,2})\b/g, listed);
    expect(plain.missing).toEqual([]);
    expect(plain.cited).toBeGreaterThan(100);
    expect(
      citations(
        /decisions\.md#(d\d+)\b/g,
        listed.map((number) => number.toLowerCase()),
      ).missing,
    ).toEqual([]);
  });

  it('sections of the method', () => {
    // "method 7.2, 8.1", also where a comment's line ends in between; "docs/method.md, section 9".
    const sections = citations(
      /\bmethod(?:\.md,? section)?(?:\s|\s*\*)+(\d+(?:\.\d+)?)\b(?:(?:, |-)(\d+\.\d+)\b)?/g,
      headings('docs/method.md'),
    );
    expect(sections.missing).toEqual([]);
    expect(sections.cited).toBeGreaterThan(90);
    // Those that decisions.md gives in brackets.
    const inBrackets = [
      ...text('docs/decisions.md').matchAll(/\((\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*)\)/g),
    ].flatMap(([, numbers]) => numbers.split(', '));
    const known = headings('docs/method.md');
    expect(inBrackets.filter((number) => !known.includes(number))).toEqual([]);
  });

  it('nothing cites the document that the pages replace', () => {
    const old = ['reference', 'md'].join('.');
    expect([...sources].filter(([, words]) => words.includes(old)).map(([path]) => path)).toEqual([]);
  });
});

it('no page has marks of a merge', () => {
  const marked = pages.filter((path) => /^(<{7} |={7}$|>{7} )/m.test(text(path)));
  expect(marked).toEqual([]);
});

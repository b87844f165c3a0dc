/**
 * What the README promises: its numbers are those of the committed results, and every decision that is met is
 * in docs/decisions.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ComparisonTable } from '../../lib/src/experiments/measured';
import { openResults } from '../../lib/src/experiments/results/fileAnswers';
import { projectRoot } from '../../lib/src/project';
import type { CellOutput } from '../../lib/src/jupyter/notebook/format';
import { readNotebook } from '../../lib/src/jupyter/notebook/readNotebook';
import { seedFindings } from '../../lib/src/report/display/findings';
import { notebookFiles } from '../../lib/src/report/notebooks';

/**
 * The file of results that the README speaks of. A report computed on another processor replaces it by
 * slightly other numbers (docs/limits.md), so beside a README as committed it is the committed one: in the
 * folder that .ci/run keeps, or as git has it.
 */
function resultsOfReadme(name: string): string {
  const kept = process.env.ELEPHANT_COMMITTED_RESULTS;
  if (kept !== undefined) return join(kept, name);
  const git = (...args: string[]): { status: number | null; stdout: string } =>
    spawnSync('git', ['-c', 'safe.directory=*', ...args], {
      cwd: projectRoot,
      encoding: 'utf8',
      maxBuffer: 100e6,
    });
  const lying = join(projectRoot, 'data', 'results', name);
  if (git('diff', '--quiet', 'HEAD', '--', 'README.md').status !== 0) return lying;
  const { status, stdout } = git('show', `HEAD:data/results/${name}`);
  if (status !== 0) return lying;
  const committed = join(mkdtempSync(join(tmpdir(), 'elephant-committed-')), name);
  writeFileSync(committed, stdout);
  return committed;
}

test('every decision that a reader meets by its number is in the list', () => {
  const text = (...path: string[]): string => readFileSync(join(projectRoot, ...path), 'utf8');
  const outputs = (outputs: readonly CellOutput[]): string[] =>
    outputs
      .flatMap((output) => ('data' in output ? [output.data['text/plain'], output.data['text/html']] : []))
      .map(String);
  const notebooks = notebookFiles().flatMap((file) =>
    readNotebook(file).cells.flatMap((cell) => [
      cell.source,
      ...(cell.cell_type === 'code' ? outputs(cell.outputs) : []),
    ]),
  );
  const met = [...notebooks, text('paper-repro.md'), text('lib', 'src', 'engine', 'README.md')].flatMap(
    (words) => words.match(/\bD\d{1,2}\b/g) ?? [],
  );
  const listed = [...text('docs', 'decisions.md').matchAll(/^### (D\d+)$/gm)].map(([, number]) => number);
  expect(met.length).toBeGreaterThan(10);
  expect(listed).toEqual(expect.arrayContaining(met));
  expect(listed).toHaveLength(new Set(listed).size);
});

test('what came out is what the committed results say', async () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const session = openResults(resultsOfReadme('mini.json'));
  const mean = (table: ComparisonTable, column: string, of: 'ours' | 'paper'): string => {
    const cells = table.rows
      .filter(({ metric }) => metric === 'N@10')
      .map(({ cells }) => (of === 'ours' ? cells[column].ours?.mean : cells[column].paper));
    return cells.some((value) => value === undefined)
      ? ''
      : (cells.reduce((sum: number, value) => sum + (value as number), 0) / cells.length).toFixed(1);
  };
  const [sasrec, bert4rec] = [await session.table3('SASRec'), await session.table3('BERT4Rec')];
  const rows: [label: string, column: string][] = [
    ['random start', 'base'],
    ['RECFORMER itself', 'REC'],
    ['start from LF, which has only read text', 'trainable.LF'],
    ['start from PT, pre-trained on behaviour', 'trainable.PT'],
    ['start from FT, fine-tuned on the domain', 'trainable.FT'],
  ];
  for (const [label, column] of rows) {
    const of = (table: ComparisonTable, base: string): string[] =>
      (['ours', 'paper'] as const).map((side) => mean(table, column === 'base' ? base : column, side));
    const [here, there] = [of(sasrec, 'SAS'), of(bert4rec, 'BERT')].map(
      ([own, paper]) => `${own} (${paper})`,
    );
    expect(readme).toContain(`| ${label} | ${here} | ${there} |`);
  }
  expect(readme).toContain(
    `| start from word counts (our control) | ${mean(sasrec, 'trainable.lexical', 'ours')} | |`,
  );
  const equal = await session.equalScales();
  const [random, lf, pt, ft, words] = [
    'SAS',
    'trainable.LF',
    'trainable.PT',
    'trainable.FT',
    'trainable.lexical',
  ].map((column) => mean(equal, column, 'ours'));
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `SASRec reaches ${random} from random vectors, ${lf} from LF, ${pt} from PT, ${ft} from FT and ` +
      `${words} from word counts`,
  );
  const prose = readme.replace(/\s+/g, ' ');
  const gain = (table: ComparisonTable, column: string, base: string): string => {
    const shares = table.rows
      .filter(({ metric }) => metric === 'N@10')
      .map(({ cells }) => cells[column].ours!.mean / cells[base].ours!.mean - 1);
    const mean = (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length;
    return `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(1)} %`;
  };
  expect(prose).toContain(
    `(${gain(sasrec, 'trainable.PT', 'SAS')} from PT, ${gain(sasrec, 'trainable.FT', 'SAS')} from FT, the ` +
      'mean of five domains)',
  );
  const beats = bert4rec.rows.filter(
    ({ metric, cells }) => metric === 'N@10' && cells.BERT.ours!.mean > cells.transition.ours!.mean,
  );
  expect(prose).toContain(`beats the followers of the last item on ${beats.length} of 5 domains`);
  const rates = await session.learningRates('Pantry');
  const [[own, shared], [ownRandom, sharedRandom]] = ['trainable.FT', 'SAS'].map((id) => {
    const tried = rates.find(({ column }) => column === id)!.rates;
    const at = (rate?: number): number =>
      Math.max(
        ...tried.flatMap(({ learningRate, validation }) =>
          rate === undefined || learningRate === rate ? [100 * (validation ?? 0)] : [],
        ),
      );
    return [at(), at(session.profile.recommender.learningRates.SASRec[0])].map((value) => value.toFixed(1));
  });
  expect(prose).toContain(
    `(validation ${own} instead of ${shared} %, random vectors ${ownRandom} instead of ${sharedRandom} %)`,
  );
  const board = await session.scoreboard();
  const { ours } = board.find(({ claim }) => claim.id === 'freeze-FT-matches-REC')!;
  expect(prose).toContain(`stays below RECFORMER, by ${(-100 * ours!.effect).toFixed(0)} %.`);
  const verdicts = board.map(({ verdict }) => verdict);
  const count = (name: string): number => verdicts.filter((verdict) => verdict === name).length;
  expect(readme.replace(/\s+/g, ' ')).toContain(
    `${count('reproduced')} of the paper's ${verdicts.length} claims are reproduced, ` +
      `${count('not reproduced')} are not, and ${count('undecided')} are undecided`,
  );
});

test('what came out in the world without transfer is what the committed results say', async () => {
  const prose = readFileSync(join(projectRoot, 'README.md'), 'utf8').replace(/\s+/g, ' ');
  const session = openResults(resultsOfReadme('unrelated.json'));
  const [calibrated, unrelated] = await session.repetitions();
  const of = ({ rows }: typeof unrelated, id: string) => rows.find(({ claim }) => claim.id === id)!;
  const below = (board: typeof unrelated, id: string): string =>
    `${(-100 * of(board, id).ours!.effect).toFixed(1)} %`;
  expect(prose).toContain(
    `SASRec from PT stays ${below(unrelated, 'trainable-PT-above-base')} below random vectors, instead of ` +
      `${below(calibrated, 'trainable-PT-above-base')}, and from FT ` +
      `${below(unrelated, 'trainable-FT-above-base')} below, instead of level with them`,
  );
  expect(Math.abs(of(calibrated, 'trainable-FT-above-base').ours!.effect)).toBeLessThan(0.01);
  expect(of(unrelated, 'PT-transfers-freeze').verdict).toBe('reproduced');
});

test('what came out from another seed is what the committed results say', async () => {
  const prose = readFileSync(join(projectRoot, 'README.md'), 'utf8').replace(/\s+/g, ' ');
  const [found] = seedFindings(await openResults(resultsOfReadme('seeds.json')).repetitions());
  const [, same, of] = /(\d+) of (\d+) verdicts .* none turns/.exec(found)!;
  expect(prose).toContain(`changes little: ${same} of ${of} verdicts on Table 3 are the same.`);
  expect(found).toMatch(
    /Changed: Frozen, FT embeddings are better than PT embeddings\. \(reproduced, then undecided\)$/,
  );
});

test('what came out on Amazon reviews is what the committed results say', async () => {
  const prose = readFileSync(join(projectRoot, 'README.md'), 'utf8').replace(/\s+/g, ' ');
  const session = openResults(resultsOfReadme('real.json'));
  const { cells } = (await session.table3('SASRec')).rows.find(({ metric }) => metric === 'N@10')!;
  const of = (column: string): string => cells[column].ours!.mean.toFixed(1);
  const gain = cells['trainable.FT'].ours!.mean / cells.SAS.ours!.mean - 1;
  expect(prose).toContain(`FT does help SASRec: by ${(100 * gain).toFixed(0)} % on Office_Products`);
  expect(prose).toContain(
    `SASRec reaches ${of('SAS')} from random vectors, ${of('trainable.LF')} from LF, ` +
      `${of('trainable.FT')} from FT and ${of('trainable.lexical')} from word counts; RECFORMER itself ` +
      `${of('REC')}. From PT it depends on the seed:`,
  );
  const { values } = (await session.manySeeds()).find(({ column }) => column === 'trainable.PT')!.ndcg;
  const [better, worse] = [true, false].map((above) =>
    values.filter((value) => value > cells.SAS.ours!.mean === above),
  );
  const range = (of: readonly number[]): string =>
    `${Math.min(...of).toFixed(1)} to ${Math.max(...of).toFixed(1)}`;
  expect(prose).toContain(
    `of ${values.length} seeds, ${better.length} reach ${range(better)}, and ${worse.length} end at ` +
      `${range(worse)}, on a plateau`,
  );
  const equal = (await session.equalScales()).rows.find(({ metric }) => metric === 'N@10')!.cells;
  const rescaled = (column: string): string => equal[column].ours!.mean.toFixed(1);
  expect(prose).toContain(
    `SASRec reaches ${rescaled('trainable.PT')} from PT with each of three seeds alike ` +
      `(${rescaled('trainable.LF')} from LF, ${rescaled('trainable.FT')} from FT, ` +
      `${rescaled('trainable.lexical')} from word counts)`,
  );
  expect(equal['trainable.PT'].ours!.values.length).toBe(3);
  expect(equal['trainable.PT'].ours!.spread).toBeLessThan(0.5);
  const verdicts = (await session.scoreboard()).map(({ verdict }) => verdict);
  const count = (name: string): number => verdicts.filter((verdict) => verdict === name).length;
  expect(prose).toContain(
    `Of the ${verdicts.length - count('not measured')} claims measured there, ${count('reproduced')} are ` +
      `reproduced and ${count('not reproduced')} are not`,
  );
});

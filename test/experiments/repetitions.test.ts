/**
 * Table 3 again from other seeds and in other worlds: what is new in a repetition, what it shares, how it is
 * shown.
 */
import { expect, test } from 'vitest';
import { allNodes } from '../../lib/src/experiments/allNodes';
import { experiment } from '../../lib/src/experiments/experiment';
import type { ScoreboardRow } from '../../lib/src/experiments/claims';
import { profile } from '../../lib/src/experiments/profiles';
import { repeated, repetitions, type RepeatedScoreboard } from '../../lib/src/experiments/repetitions';
import { closure, type StageNode } from '../../lib/src/pipeline/stage';
import { repeatedVerdicts } from '../../lib/src/report/display/verdicts';

const study = profile('study');
const keys = (nodes: readonly StageNode[], kind: string): string[] =>
  closure(nodes)
    .filter((node) => node.kind.name === kind)
    .map(({ key }) => key);
const shared = (a: string[], b: string[]): number => a.filter((key) => b.includes(key)).length;

test('another seed is a new chain of everything that is trained, on the same data', () => {
  const own = allNodes({ ...study, repetitions: { ...study.repetitions, runs: [] } });
  const again = allNodes(repeated(study, { world: 'calibrated', seed: 2 }));
  for (const kind of ['language', 'pretrain', 'finetune', 'recommender', 'encode'])
    expect(shared(keys(again, kind), keys(own, kind)), kind).toBe(0);
  for (const kind of ['dataset', 'tokenizer', 'lexical', 'baselines'])
    expect(shared(keys(again, kind), keys(own, kind)), kind).toBe(keys(again, kind).length);
});

test('another world is other data; a repetition is Table 3 alone', () => {
  const own = keys(allNodes(repeated(study, { world: 'calibrated', seed: 1 })), 'dataset');
  const other = repeated(study, { world: 'shuffled', seed: 1 });
  // The vocabulary is that of the calibrated world, whose texts are the same.
  expect(keys(allNodes(other), 'dataset').filter((key) => !own.includes(key))).toHaveLength(own.length);
  expect(experiment(other).cell({ table: 'table3', domain: 'Pantry', column: 'trainable.FT' })).toHaveLength(
    1,
  );
  expect(experiment(other).cell({ table: 'table4', domain: 'Pantry', column: 'SAS' })).toBeUndefined();
});

test('the profile computes its repetitions', () => {
  const all = new Set(closure(allNodes(study)).map(({ key }) => key));
  const { nodes } = repetitions().recipe(experiment(study));
  expect(new Set(nodes.map(({ key }) => key)).size).toBe(1 + study.repetitions.runs.length);
  expect(nodes.every(({ key }) => all.has(key))).toBe(true);
});

test('the profile is compared on the cells that its repetitions have, though it has more', () => {
  const worlds = profile('worlds');
  const { nodes } = repetitions().recipe(experiment(worlds));
  const [own, other] = nodes.map(({ inputs }) => Object.keys(inputs).sort());
  expect(own).toEqual(other);
  expect(own.join()).not.toContain('BERT4Rec');
  expect(Object.keys(experiment(worlds).scoreboard().inputs).length).toBeGreaterThan(own.length);
});

test('Table 1 restricted in PT as well: a PT for each set of layers, the end columns as they are', () => {
  const cell = (column: string, restricted: 'FT' | 'PT and FT'): StageNode =>
    experiment(study)
      .with({ layerSets: { ...study.layerSets, restricted } })
      .cell({ table: 'table1', domain: 'Pantry', column })![0];
  for (const column of ['None', 'None (PT)', 'All'])
    expect(cell(column, 'PT and FT').key).toBe(cell(column, 'FT').key);
  expect(cell('All', 'PT and FT').key).toBe(
    experiment(study).cell({ table: 'table3', domain: 'Pantry', column: 'REC' })![0].key,
  );
  const { model } = cell('3,7,11', 'PT and FT').inputs;
  expect((model.config as { tuned: unknown }).tuned).toEqual([3, 7, 11]);
  expect(cell('3,7,11', 'FT').inputs.model.key).toBe(cell('All', 'FT').inputs.model.key);
});

test('a line a claim, a column a world, a verdict a seed; claims that were not repeated are left out', () => {
  const row = (id: string, effect?: number): ScoreboardRow =>
    ({
      claim: { id, section: '4.3', statement: `claim ${id}`, contrast: { kind: 'gain' } },
      verdict: 'undecided',
      ours: effect === undefined ? undefined : { effect },
    }) as unknown as ScoreboardRow;
  const boards: RepeatedScoreboard[] = [
    { world: 'calibrated', seed: 1, rows: [row('a', 0.5), row('b', 0.1)] },
    { world: 'calibrated', seed: 2, rows: [row('a', -0.1), row('b')] },
    { world: 'silent', seed: 1, rows: [row('a', 0.25), row('b')] },
  ];
  const { columns, rows } = repeatedVerdicts(boards);
  expect(columns.slice(2)).toEqual([
    'the calibrated world',
    'plain language that says nothing about behaviour (silent)',
  ]);
  expect(rows).toEqual([
    ['4.3', 'claim a', 'seed 1: +50.0 % undecided; seed 2: −10.0 % undecided', 'seed 1: +25.0 % undecided'],
  ]);
});

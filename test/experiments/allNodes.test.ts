/**
 * What a profile computes is what its report asks for: nothing is trained after `elephant run`, and nothing
 * that no view shows.
 */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { allNodes } from '../../lib/src/experiments/allNodes';
import { type Profile, profile } from '../../lib/src/experiments/profiles';
import { experiment } from '../../lib/src/experiments/experiment';
import { closure, type StageNode } from '../../lib/src/pipeline/stage';
import * as views from '../../lib/src/experiments/views';
import { learningRates, rateDomains } from '../../lib/src/experiments/views/learningRates';
import { trainingCurves } from '../../lib/src/experiments/views/trainingCurves';
import { TINY, writeDomain, writeModel } from './givenFiles';
import { freshFolder } from '../support/folders';

let folder: string;
beforeAll(async () => {
  folder = freshFolder();
  for (const domain of ['Lamps', 'Chairs']) writeDomain(join(folder, 'data'), domain);
  await writeModel(join(folder, 'model'));
});

const real = (...set: string[]): Profile => {
  const made = profile('real', [...TINY, ...set]);
  return { ...made, given: { ...made.given!, data: join(folder, 'data'), model: join(folder, 'model') } };
};

/** Keys of all stages that the answers kept in a results file are made from. */
function asked(of: Profile): Set<string> {
  const queries = Object.values(views).flatMap((view) => view.kept(of));
  return keysOf(queries.flatMap(({ recipe }) => recipe(experiment(of)).nodes));
}

const keysOf = (nodes: readonly StageNode[]): Set<string> => new Set(closure(nodes).map(({ key }) => key));

test.each(['smoke', 'mini', 'worlds', 'unrelated', 'seeds', 'study'])(
  '%s computes all that its results ask for',
  async (name) => {
    const all = keysOf(allNodes(profile(name)));
    expect([...asked(profile(name))].filter((key) => !all.has(key))).toEqual([]);
  },
);

test('a profile without tables beyond the paper trains nothing for them', async () => {
  const shown = asked(real());
  const trained = closure(allNodes(real())).filter(
    ({ kind }) => kind.name === 'recommender' || kind.name === 'controlTable',
  );
  expect(trained.length).toBeGreaterThan(5);
  expect(trained.filter(({ key }) => !shown.has(key)).map(({ label }) => label)).toEqual([]);
});

test.each(['beyond', 'equalScales'])(
  '%s without domains: nothing is trained that no view shows',
  async (list) => {
    const other = profile('mini', [`${list}=[]`]);
    const shown = asked(other);
    const trained = closure(allNodes(other)).filter(
      ({ kind }) => kind.name === 'recommender' || kind.name === 'controlTable',
    );
    expect(trained.filter(({ key }) => !shown.has(key)).map(({ label }) => label)).toEqual([]);
  },
);

test('with other domains than its own a profile leaves out what needs those', async () => {
  const arts = profile('mini', ['domains=["Arts"]']);
  const shown = asked(arts);
  const nodes = closure(allNodes(arts));
  expect(
    nodes.filter(({ kind, key }) => kind.name === 'recommender' && !shown.has(key)).map(({ label }) => label),
  ).toEqual([]);
  const trainable = nodes.filter(
    ({ kind, config }) => kind.name === 'selectedRec' && (config as { rec: string }).rec === 'trainable',
  );
  expect(
    trainable.map(({ inputs }) => (inputs.finetune.config as { trainableTable: unknown }).trainableTable),
  ).toEqual(['also']);
});

test('learning rates: the grid on every domain; else the rates to try on a few; else the only one', () => {
  const rates = (of: Profile, domain: string): number[] =>
    learningRates(domain, ['SAS'])
      .recipe(experiment(of))
      .nodes.flatMap(({ config }) => (config as { learningRates: number[] }).learningRates);
  const grid = real('recommender.learningRates.SASRec=[0.001, 0.003]');
  expect([rateDomains(grid), rates(grid, 'Lamps')]).toEqual([['Lamps'], [0.001, 0.003]]);
  const mini = profile('mini');
  expect([rateDomains(mini), rates(mini, 'Pantry')]).toEqual([mini.beyond, mini.recommender.sensitivity]);
  expect([rateDomains(real()), rates(real(), 'Lamps')]).toEqual([[], [0.003]]);
  expect(rateDomains({ ...mini, tables: ['table1'] })).toEqual([]);
});

test('RECFORMER has neither a curve of a recommender nor a search for a rate', () => {
  const mini = experiment(profile('mini'));
  expect(() => trainingCurves('Pantry', ['REC']).recipe(mini)).toThrow(
    /trainingCurves: expected a recommender's column, got REC/,
  );
  expect(() => learningRates('Pantry', ['REC']).recipe(mini)).toThrow(
    /learningRates: expected a recommender's column, got REC/,
  );
});

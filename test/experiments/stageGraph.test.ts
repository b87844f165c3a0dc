/** The graph of stages, written down: what `elephant plan --graph` prints. */
import { expect, test } from 'vitest';
import { allNodes } from '../../lib/src/experiments/allNodes';
import { experiment } from '../../lib/src/experiments/experiment';
import { profile } from '../../lib/src/experiments/profiles';
import { stageGraph } from '../../lib/src/experiments/stageGraph';

test('stages of a kind are one box, and every input is an arrow', () => {
  const { itemTable, recommenders } = experiment(profile('smoke', ['recommender.seeds=[1,2]']));
  const node = itemTable('Pantry', 'lexical');
  const runs = recommenders('Pantry', {
    backbone: 'SASRec',
    variant: 'freeze',
    table: { node, name: 'lexical' },
  });
  expect(stageGraph(runs)).toBe(`flowchart LR
  dataset["dataset"]
  lexical["lexical table"]
  sasrec["SASRec × 2"]
  dataset --> lexical
  dataset --> sasrec
  lexical --> sasrec
  sasrec --> sasrec
`);
});

test('the graph of a profile fits on a page, and its chain is that of the paper', () => {
  const lines = stageGraph(allNodes(profile('smoke'))).split('\n');
  expect(lines.length).toBeLessThan(70);
  for (const arrow of [
    'language --> pretrain',
    'pretrain --> finetune',
    'finetune --> sasrec',
    'encode --> sasrec',
  ])
    expect(lines).toContain(`  ${arrow}`);
});

test('an experiment gives the same stage each time, whatever it was asked before', () => {
  const mini = experiment(profile('mini'));
  expect(mini.recformer('Arts')).toBe(mini.recformer('Arts'));
  expect(mini.layerSet('Pantry', [11], 'PT').config.protocols).toEqual(['sampled']);
  const [all] = mini.cell({ table: 'table1', domain: 'Pantry', column: 'All' }) ?? [];
  expect(all).toBe(mini.recformer('Pantry'));
});

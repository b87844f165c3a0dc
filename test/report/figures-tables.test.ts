/**
 * Figures made of tables, item tables, graphs and claims: stored pictures, and what the notebook on the
 * engine promises its readers.
 */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { sgd } from '../../lib/src/engine';
import type { TrainingProgram } from '../../lib/src/engine/types';
import { measured, type ComparisonTable } from '../../lib/src/experiments/measured';
import { groupByLength } from '../../lib/src/experiments/views/historyLengths';
import { mapItems } from '../../lib/src/experiments/views/itemMap';
import { makeDataset } from '../../lib/src/data';
import { engineTour } from '../../lib/src/report/engineTour';
import {
  effects,
  graph,
  historyLengths,
  itemMap,
  layerSets,
  learningRates,
} from '../../lib/src/report/figures';
import type { Figure } from '../../lib/src/report/figures/figure';
import { renderSvg } from '../../lib/src/report/figures/renderSvg';
import { withPaddingRow } from '../../lib/src/text';

const stored = async (figure: Figure): Promise<void> => {
  await expect(await renderSvg(figure)).toMatchFileSnapshot(join(__dirname, 'snapshots', `${figure.id}.svg`));
};

const table = (id: string, values: Record<string, readonly number[]>): ComparisonTable => ({
  id,
  title: id,
  unit: '%',
  notes: [],
  columns: Object.keys(values).map((column) => ({ id: column, label: column })),
  rows: ['Arts', 'Pantry'].map((dataset, d) => ({
    dataset,
    metric: 'N@10',
    cells: Object.fromEntries(
      Object.entries(values).map(([column, v]) => [
        column,
        { ours: measured(v.map((x) => x + d)), paper: v[0] * 2 },
      ]),
    ),
  })),
});

/** With an interval of 10 points to both sides of each gain. */
function withGains(given: ComparisonTable): ComparisonTable {
  const rows = given.rows.map((row) => ({
    ...row,
    cells: Object.fromEntries(
      Object.entries(row.cells).map(([column, cell]) => {
        const gain = 100 * (cell.ours!.mean / row.cells.SAS.ours!.mean - 1);
        return [
          column,
          column === 'SAS' ? cell : { ...cell, gain: { low: gain - 10, high: gain + 10, users: 40 } },
        ];
      }),
    ),
  }));
  return { ...given, rows };
}

test('effects over the base look as stored', async () => {
  const figure = effects(
    withGains(table('table3-SASRec', { SAS: [20, 20], 'freeze.FT': [15, 17], 'trainable.FT': [25, 27] })),
  );
  expect(figure.data[0].x).toEqual([expect.closeTo(-20), expect.closeTo(30)]);
  expect(figure.data[0].error_x).toMatchObject({ array: [expect.closeTo(10), expect.closeTo(10)] });
  await stored(figure);
});

test('a pointer reads the interval, over how many users, and the value of the paper', () => {
  const [ours, paper] = effects(withGains(table('table3-SASRec', { SAS: [20], 'freeze.FT': [15] }))).data;
  const said =
    'Arts, freeze.FT: −25.0 % over SAS<br>95 % interval over 40 users: −35.0 to −15.0 %<br>' +
    'in the paper: −25.0 %';
  expect([ours.text, paper.text]).toEqual([[said], [said]]);
});

test('effects mention intervals if there are any, and show seeds if there are several', () => {
  const names = (given: ComparisonTable): unknown[] =>
    effects(given)
      .data.slice(0, 3)
      .map(({ name }) => name);
  const [one, two] = [[15], [15, 17]].map((values) =>
    table('table3-SASRec', { SAS: values.map(() => 20), 'freeze.FT': values }),
  );
  expect(names(one)).toEqual(['ours', 'the paper', 'ours']);
  expect(names(withGains(one))[0]).toBe('ours, 95 % over users');
  expect(names(withGains(two))).toEqual(['ours, 95 % over users', 'the paper', 'each seed']);
  expect(effects(two).data[2].x).toEqual([expect.closeTo(-25), expect.closeTo(-15)]);
});

test('effects without a base or of an unknown metric say so', () => {
  expect(() => effects(table('table1', { None: [1] }))).toThrow(/SAS/);
  expect(() => effects(table('table3-SASRec', { SAS: [1] }), 'N@11')).toThrow(/N@10/);
});

test('layer sets look as stored', async () => {
  await stored(layerSets(table('table1', { None: [10], All: [20], '3,7,11': [19] })));
});

test('learning rates look as stored; a rate that diverged is a gap', async () => {
  const search = (domain: string, column: string, values: readonly (number | null)[], chosen: number) => ({
    domain,
    column,
    chosen,
    rates: values.map((validation, i) => ({ learningRate: [0.001, 0.003, 0.01][i], validation })),
  });
  const figure = learningRates([
    search('Arts', 'SAS', [0.1, 0.2, null], 0.003),
    search('Arts', 'trainable.FT', [0.15, 0.12], 0.001),
    search('Pantry', 'SAS', [0.1, 0.3, 0.2], 0.003),
  ]);
  expect(figure.data[0].y).toEqual([10, 20, null]);
  expect(figure.alt).toContain('SAS 0.001 on 0, 0.003 on 2, 0.01 on 0; trainable.FT 0.001 on 1');
  expect(await renderSvg(figure)).toContain('>0.003<');
  expect(figure.layout.title).toMatchObject({
    text:
      'The best rate lies at the edge of those tried in 1 of 3 searches; ' +
      'the choice is worth up to 20.0 points',
  });
  await stored(figure);
});

test('an item map separates what the table separates', async () => {
  const texts = Array.from({ length: 12 }, (_, i) => ({
    title: `item <b>${i}</b>`,
    brand: '',
    category: i < 6 ? 'left' : 'right',
  }));
  const vectors = texts.flatMap((_, i) => [i < 6 ? -5 : 5, Math.sin(i), 0.1 * Math.cos(3 * i)]);
  const map = mapItems(withPaddingRow(vectors, 12, 3), texts, 'PT', 'Pantry');
  expect(map.sameCategory).toBe(1);
  expect(map.byChance).toBeCloseTo(5 / 11);
  const side = map.points.map(({ x }) => Math.sign(x));
  expect(new Set(side.slice(0, 6)).size).toBe(1);
  expect(side[6]).toBe(-side[0]);
  const figure = itemMap([map, { ...map, source: 'FT', sameCategory: 0.25 }]);
  expect(figure.layout.title).toMatchObject({
    text: 'Pantry: the nearest item is of the same category for 25 % (FT) to 100 % (PT), by chance for 45 %',
  });
  await stored(figure);
});

test('every test user is in one group of history length', async () => {
  const lengths = [3, 3, 4, 5, 6, 7, 9, 12];
  const sequence = lengths.flatMap((length) => Array.from({ length }, (_, i) => (i % 3) + 1));
  const offsets = Int32Array.from([
    0,
    ...lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b, 0)),
  ]);
  const dataset = makeDataset({
    name: 'Pantry',
    kind: 'simulation',
    offsets,
    sequence: Int32Array.from(sequence),
    userKeys: lengths.map((_, i) => `u${i}`),
    itemKeys: ['a', 'b', 'c'],
    itemTexts: ['a', 'b', 'c'].map((title) => ({ title, brand: '', category: '' })),
  });
  const users = dataset.evaluationUsers.length;
  const hit = { above: new Int32Array(users), ties: new Int32Array(users) };
  const groups = groupByLength(dataset, 'SAS', [hit]);
  expect(groups.reduce((sum, group) => sum + group.users, 0)).toBe(users);
  expect(groups.map(({ ndcg }) => ndcg.mean)).toEqual(groups.map(() => 100));
  await stored(historyLengths(groups));
});

function regression(loss: TrainingProgram['loss'], momentum = 0): TrainingProgram {
  const inputs = {
    x: { shape: [32, 4], dtype: 'float32' },
    y: { shape: [32, 1], dtype: 'float32' },
  } as const;
  return { name: 'regression', inputs, loss, optimizer: sgd({ learningRate: 0.1, momentum }) };
}
const weights = { w: { shape: [4, 1], dtype: 'float32' as const, data: new Float32Array(4) } };
const squares: TrainingProgram['loss'] = ({ w }, { x, y }) =>
  tf.mean<tf.Scalar>(tf.square(tf.sub(tf.matMul(x, w), y)));

test('the graph of a small program looks as stored', async () => {
  const { stages } = engineTour(regression(squares), weights);
  expect(stages[1].nodes).toBeLessThan(stages[0].nodes);
  await stored(graph(stages[2].graph, 'For ONNX Runtime'));
});

test('the exercises of the notebook on the engine have the answers that it gives', () => {
  const run = (program: TrainingProgram) => engineTour(program, weights).stages[2];
  const absolute = run(
    regression(({ w }, { x, y }) => tf.mean<tf.Scalar>(tf.abs(tf.sub(tf.matMul(x, w), y)))),
  );
  expect(absolute.operators.map(([operator]) => operator)).toEqual(
    expect.arrayContaining(['Greater', 'Where']),
  );
  const withMomentum = run(regression(squares, 0.9));
  expect([...withMomentum.graph.inputs.keys()]).toContain('param:w/momentum');
  expect([...withMomentum.graph.outputs.keys()]).toContain('next:w/momentum');
  const timesOne = run(
    regression((params, inputs, context) =>
      tf.mul<tf.Scalar>(squares(params, inputs, context) as tf.Scalar, tf.scalar(1)),
    ),
  );
  expect(timesOne.nodes).toBe(run(regression(squares)).nodes);
});

/** "When does it help?": which stages its points stand on, and how they are shown. */
import { expect, test } from 'vitest';
import { allNodes } from '../../lib/src/experiments/allNodes';
import { experiment } from '../../lib/src/experiments/experiment';
import { measured } from '../../lib/src/experiments/measured';
import { profile } from '../../lib/src/experiments/profiles';
import { type GainPoint, whenItHelps } from '../../lib/src/experiments/views/whenItHelps';
import { closure, type StageNode, type StageResult } from '../../lib/src/pipeline/stage';
import { whenSentences } from '../../lib/src/report';
import { figures } from '../../lib/src/report';

const when = profile('when');
const { nodes, make } = whenItHelps().recipe(experiment(when));
const labels = (kind: string): string[] =>
  closure(nodes)
    .filter((node) => node.kind.name === kind)
    .map(({ label }) => label);

test('only data of a domain without a part in pre-training change: language models are those of mini', () => {
  const mini = new Set(closure(allNodes(profile('mini'))).map(({ key }) => key));
  const all = closure(nodes);
  for (const kind of ['tokenizer', 'releasedModel', 'pretrain'])
    for (const node of all.filter(({ kind: { name } }) => name === kind))
      expect(mini.has(node.key), node.label).toBe(true);
  // 5 shares of texts and 6 numbers of users, the calibrated one in both.
  expect(labels('dataset').filter((label) => label.startsWith('Arts'))).toHaveLength(10);
});

test('a setting of the calibrated shop is the calibrated shop', () => {
  const { domain } = when.sweeps;
  const same = experiment({ ...when, simulation: { ...when.simulation, textsKept: 1, users: 1 } });
  expect(same.dataset(domain).key).toBe(experiment(profile('mini')).dataset(domain).key);
});

test('every point compares runs of the same seeds, and three of them', async () => {
  const score = (node: StageNode): number =>
    node.label.includes('base') ? 0.3 : node.label.includes('freeze') ? 0.27 : 0.33;
  const read = (node: StageNode) =>
    ({
      json:
        node.kind.name === 'dataset'
          ? { statistics: { users: 600, items: 450, interactions: 3300 } }
          : { test: { sampled: { 'NDCG@10': score(node) } } },
    }) as unknown as StageResult;
  const points = await make(read as never);
  const of = (sweep: string): GainPoint[] => points.filter((point) => point.sweep === sweep);
  expect(of('texts')).toHaveLength(3 * when.sweeps.textsKept.length);
  expect(of('users')).toHaveLength(3 * when.sweeps.users.length);
  expect(of('scale')).toHaveLength(2 * when.sweeps.scales.length);
  expect(of('pretraining')).toHaveLength(2 + when.pretrain.fractions.length);
  for (const { gain, ours } of points) {
    expect(ours.values).toHaveLength(3);
    expect(gain.mean).toBeCloseTo(10, 6);
  }
  expect(of('texts')[0].at).toBeCloseTo(0.9, 6);
  expect(of('users')[0].at).toBeCloseTo(3300 / 450, 6);
});

const point = (sweep: GainPoint['sweep'], at: number, gain: number): GainPoint => ({
  sweep,
  domain: 'Arts',
  at,
  setting: at,
  table: 'PT',
  users: 600,
  ours: measured([0.3 * (1 + gain / 100)]),
  random: measured([0.3]),
  gain: measured([gain - 1, gain + 1]),
});

test('the calibrated shop and Amazon files are marked on the axes', () => {
  const users = { ...point('users', 7.4, 4), setting: 1 };
  const { data, alt } = figures.whenItHelps([users, point('users', 2, -3), point('scale', 1, 5)]);
  expect(data.slice(2).map(({ name, x, y, text }) => ({ name, x, y, text }))).toEqual([
    { name: 'calibrated shop', x: [7.4], y: [0], text: undefined },
    {
      name: 'Amazon files',
      x: [6.8, 16.4, 14.1, 16.1],
      y: [0, 0, 0, 0],
      text: ['Office Products', 'Beauty', 'Toys', 'Sports'],
    },
    { name: 'calibrated shop', x: [1], y: [0], text: undefined },
  ]);
  expect(alt).toContain('Amazon files, by interactions per item: Office Products 6.8, Beauty 16.4');
});

test('the figure and the sentences say the ends of each line', () => {
  const points = [point('users', 7, 4), point('users', 2, -3), point('scale', 1, 5), point('scale', 30, -20)];
  const { data, alt, layout } = figures.whenItHelps(points);
  expect(data.slice(0, 2).map(({ x, y }) => ({ x, y }))).toEqual([
    { x: [2, 7], y: [-3, 4] },
    { x: [1, 30], y: [5, -20] },
  ]);
  expect(alt).toContain('PT −3 % at 2, +4 % at 7');
  expect(JSON.stringify(layout.title)).toContain(
    'Arts: the PT table gains most at 7 interactions per item (+4 %)',
  );
  expect(whenSentences(points)).toEqual([
    'Gain from the PT table, by interactions per item. 2: −3.0 % (± 1.4); 7: +4.0 % (± 1.4).',
    'Gain from the PT table, by its scale as a multiple of the spread of random vectors. ' +
      '1: +5.0 % (± 1.4); 30: −20.0 % (± 1.4).',
  ]);
  const three = [point('scale', 1, 5), point('scale', 3, 9), point('scale', 30, -20)];
  expect(whenSentences(three)[0]).toMatch(/−20\.0 % \(± 1\.4\)\. It goes up and down\.$/);
  expect(whenSentences([three[0], point('scale', 3, 6), point('scale', 30, 7)])[0]).toMatch(
    /It rises throughout\.$/,
  );
});

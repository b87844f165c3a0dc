/** Stages that memory does not hold are found before anything runs, with what would make them fit. */
import { expect, test } from 'vitest';
import { domainSizes } from '../../lib/src/experiments/costs/domainSizes';
import {
  memoryOf,
  requireFitting,
  stagesTooLarge,
  type TooLarge,
} from '../../lib/src/experiments/costs/memoryCheck';
import { experiment } from '../../lib/src/experiments/experiment';
import { profile, type Profile } from '../../lib/src/experiments/profiles';
import type { StageNode } from '../../lib/src/pipeline/stage';

const card = { provider: 'cuda', name: 'a card', oneAtATime: true } as const;
const SMALL = ['language.from=scratch', 'tables=["table3"]', 'beyond=[]', 'equalScales=[]'];
const onCard = (...set: string[]): Profile => ({ ...profile('smoke', [...SMALL, ...set]), device: card });
const sizesOf = (p: Profile) => domainSizes(p, () => undefined);
const bytesOf = (p: Profile, node: StageNode): number => memoryOf(node, p, sizesOf(p));

test('fine-tuning fits in pieces: as many as it says, and no fewer', () => {
  const withPieces = (pieces: number) => onCard('finetune.batch=256', `finetune.pieces=${pieces}`);
  const recformer = (p: Profile) => experiment(p).recformer('Pantry');
  const p = withPieces(1);
  const limit = 0.6 * bytesOf(p, recformer(p));
  const [{ label, bytes, setting }] = stagesTooLarge([recformer(p)], p, sizesOf(p), limit);
  expect([label, 0.6 * bytes]).toEqual(['RECFORMER, Pantry', limit]);
  const pieces = Number(/^finetune\.pieces=(\d+)$/.exec(setting!)![1]);
  expect(pieces).toBeGreaterThan(1);
  const [enough, fewer] = [withPieces(pieces), withPieces(pieces / 2)];
  expect(stagesTooLarge([recformer(enough)], enough, sizesOf(enough), limit)).toEqual([]);
  expect(stagesTooLarge([recformer(fewer)], fewer, sizesOf(fewer), limit)).toHaveLength(1);
});

test('a recommender and pre-training fit in pieces, an item table with nothing', () => {
  // Large enough that training takes more than ranking.
  const p = onCard('recommender.batch.SASRec=1024', 'simulation.size=study');
  const of = (node: StageNode, share: number) =>
    stagesTooLarge([node], p, sizesOf(p), share * bytesOf(p, node))[0]?.setting;
  const [sasrec] = experiment(p).recommenders('Pantry', { backbone: 'SASRec', variant: 'base' });
  const pieces = of(sasrec, 0.9) ?? 'none';
  expect(pieces).toMatch(/^recommender\.pieces=\d+$/);
  const smaller = onCard('recommender.batch.SASRec=1024', 'simulation.size=study', pieces);
  const [ofSmaller] = experiment(smaller).recommenders('Pantry', { backbone: 'SASRec', variant: 'base' });
  expect(bytesOf(smaller, ofSmaller)).toBeLessThanOrEqual(0.9 * bytesOf(p, sasrec));
  const limit = 0.7 * bytesOf(p, experiment(p).pt());
  const setting = of(experiment(p).pt(), 0.7) ?? 'none';
  expect(setting).toMatch(/^pretrain\.memory=[\d.]+$/);
  const inPieces = onCard('recommender.batch.SASRec=1024', 'simulation.size=study', setting);
  expect(bytesOf(inPieces, experiment(inPieces).pt())).toBeLessThanOrEqual(limit);
  const table = experiment(p).itemTable('Pantry', 'LF');
  expect(stagesTooLarge([table], p, sizesOf(p), 1)).toMatchObject([{ setting: undefined }]);
  expect(of(table, 1)).toBeUndefined();
});

test('several pieces are in the key of fine-tuning; with one piece the key is as before', () => {
  const configOf = (...set: string[]) =>
    experiment(profile('smoke', set)).recformer('Pantry').config as object;
  expect(configOf()).not.toHaveProperty('pieces');
  expect(configOf('finetune.pieces=1')).toEqual(configOf());
  expect(configOf('finetune.pieces=4')).toEqual({ ...configOf(), pieces: 4 });
});

test('nor are pieces in the key of a recommender, unless there are several', () => {
  const configOf = (...set: string[]) =>
    experiment(profile('smoke', set)).recommenders('Pantry', { backbone: 'SASRec', variant: 'base' })[0]
      .config;
  expect(configOf()).not.toHaveProperty('pieces');
  expect(configOf('recommender.pieces=1')).toEqual(configOf());
  expect(configOf('recommender.pieces=2')).toEqual({ ...configOf(), pieces: 2 });
});

test('fine-tuning of mini is expected to take what it was seen to take, or up to twice as much', () => {
  // 802 MiB: the highest resident memory of two epochs on Pantry, in a process of their own.
  const p = profile('mini', []);
  const expected = bytesOf(p, experiment(p).recformer('Pantry'));
  expect(expected / 2 ** 20).toBeGreaterThan(802);
  expect(expected / 2 ** 20).toBeLessThan(2 * 802);
});

test('of the CPU it is the memory of the process, of a card that of the card', () => {
  const [cpu, there] = [profile('smoke', SMALL), onCard()].map((p) => bytesOf(p, experiment(p).pt()));
  expect(cpu).toBeGreaterThan(250 * 2 ** 20);
  expect(there).toBeGreaterThan(1e6);
  expect(there).not.toBe(cpu);
});

test('the error names the largest stage, how many more there are, and what to set', () => {
  const stage = (label: string, bytes: number, setting?: string): TooLarge => ({ label, bytes, setting });
  const gib = 2 ** 30;
  expect(() => requireFitting([], gib)).not.toThrow();
  expect(() =>
    requireFitting(
      [
        stage('RECFORMER, Arts', 5 * gib, 'finetune.pieces=2'),
        stage('RECFORMER, Movies', 9 * gib, 'finetune.pieces=4'),
        stage('pre-training (PT)', 7 * gib, 'pretrain.batch=16'),
        stage('pre-training on 50 %', 8 * gib, 'pretrain.batch=8'),
      ],
      4 * gib,
    ),
  ).toThrow(
    '--memory: expected stages that take at most 4.0 GiB, ' +
      'got "RECFORMER, Movies" that takes 9.0 GiB and 3 more. ' +
      'Add --set finetune.pieces=4 --set pretrain.batch=8. ' +
      'Pieces keep the gradients; a smaller batch is another training',
  );
  expect(() => requireFitting([stage('item table', 2 * gib)], gib)).toThrow(
    'got "item table" that takes 2.0 GiB. A smaller model (language.hidden, language.layers) or more memory',
  );
});

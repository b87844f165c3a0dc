/** `pretrain.memory`: how large the pieces of a batch are, and that the programs fit what is stated. */
import { expect, test } from 'vitest';
import { adamW, clipByGlobalNorm, sumGradients } from '../../lib/src/engine/optimizers';
import { sizeOf } from '../../lib/src/engine/graph';
import { optimise } from '../../lib/src/engine/passes';
import { slotName } from '../../lib/src/engine/step';
import { traceStep } from '../../lib/src/engine/traceProgram';
import type { NamedSpecs, State } from '../../lib/src/engine/types';
import { experiment } from '../../lib/src/experiments/experiment';
import { bytesInPieces, piecesThatFit } from '../../lib/src/experiments/costs/memory';
import { encoderOf } from '../../lib/src/experiments/costs/encoderOf';
import { profile } from '../../lib/src/experiments/profiles';
import { encoderShapes, languageHeadShapes } from '../../lib/src/models/encoder/parameters';
import { vectorsProgram } from '../../lib/src/training/language/cachedGradients';
import { labelPlaces } from '../../lib/src/training/language/labelFeeds';
import { pretrainingProgram } from '../../lib/src/training/language/pretrainingProgram';
import { mostAlive } from '../engine/mostAlive';

const GIB = 2 ** 30;

test.each([
  { memory: 24, recompute: false },
  { memory: 12, recompute: true },
])('at the sizes of the paper the tensors of both programs fit $memory GiB', ({ memory, recompute }) => {
  const paper = profile('paper', [`pretrain.memory=${memory}`]);
  const pieces = piecesThatFit(paper)!;
  expect(pieces.recompute).toBe(recompute);
  expect(pieces.tokensAtOnce).toBeGreaterThanOrEqual(4096);
  const config = encoderOf(paper);
  const shape = { rows: pieces.tokensAtOnce / 1024, rowLength: 1024, slots: 32 };
  const optimizer = sumGradients(clipByGlobalNorm(adamW({ learningRate: 5e-5, weightDecay: 0 }), 1));
  const options = { optimizer, trainable: (name: string) => name !== 'embeddings/words', recompute };
  const weights = { ...encoderShapes(config), ...languageHeadShapes(config) };
  const specs: NamedSpecs = {};
  for (const [name, dimensions] of Object.entries(weights)) {
    specs[name] = { shape: dimensions, dtype: 'float32' };
    for (const slot of optimizer.slots)
      if (options.trainable(name)) specs[slotName(name, slot)] = specs[name];
  }
  const labels = labelPlaces(shape, 1, shape.rows * shape.slots);
  const [vectors, masked] = [
    vectorsProgram(config, shape, options),
    pretrainingProgram(config, { ...shape, labels, pairs: 0 }, options),
  ].map((program) => mostAlive(optimise(traceStep(program, { specs } as State, true).graph)));
  // The next state is a second copy of what is trained.
  const state = 2 * Object.values(specs).reduce((sum, { shape: s }) => sum + 4 * sizeOf(s), 0);
  const stated = bytesInPieces(paper, pieces);
  const numbers = [vectors, masked, state, stated].map((bytes) => (bytes / GIB).toFixed(2));
  console.log(`${pieces.tokensAtOnce} tokens at once: vectors, masked, state, stated ${numbers.join(', ')}`);
  expect(stated).toBeLessThan(memory * GIB);
  expect(vectors + masked + state).toBeLessThan(stated);
  expect(vectors + masked + state).toBeGreaterThan(0.6 * stated);
});

test('pieces are whole sequences, as many as fit, and none if a batch fits', () => {
  const at = (memory: number) => piecesThatFit(profile('paper', [`pretrain.memory=${memory}`]));
  expect(at(0)).toBeUndefined();
  expect(at(2000)).toBeUndefined();
  expect(at(1)).toEqual({ tokensAtOnce: 1024, recompute: true });
  expect(at(24)!.tokensAtOnce % 1024).toBe(0);
  expect(at(80)!.tokensAtOnce).toBeGreaterThan(2 * at(24)!.tokensAtOnce);
  expect(at(12)!.tokensAtOnce).toBeGreaterThan(at(10)!.tokensAtOnce);
  expect(piecesThatFit(profile('mini'))).toBeUndefined();
});

test('the stage says what was chosen if there was a choice, and nothing if a batch fits', () => {
  const configOf = (...set: string[]) =>
    experiment(profile('smoke', ['language.from=scratch', ...set])).pt().config as object;
  expect(configOf()).not.toHaveProperty('tokensAtOnce');
  expect(configOf('pretrain.memory=24')).toEqual(configOf());
  expect(configOf('pretrain.memory=0.3')).toHaveProperty('tokensAtOnce');
});

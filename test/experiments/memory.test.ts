/** `pretrain.memory`: how large the pieces of a batch are, and that the programs fit what is stated. */
import { expect, test } from 'vitest';
import { adamW, clipByGlobalNorm, sumGradients } from '../../lib/src/engine/optimizers';
import { sizeOf } from '../../lib/src/engine/graph';
import { optimise } from '../../lib/src/engine/passes';
import { slotName } from '../../lib/src/engine/step';
import { traceStep } from '../../lib/src/engine/traceProgram';
import type { NamedSpecs, State } from '../../lib/src/engine/types';
import { experiment } from '../../lib/src/experiments/experiment';
import { bytesInPieces, tokensThatFit } from '../../lib/src/experiments/costs/memory';
import { encoderOf } from '../../lib/src/experiments/costs/encoderOf';
import { profile } from '../../lib/src/experiments/profiles';
import { encoderShapes, languageHeadShapes } from '../../lib/src/models/encoder/parameters';
import { vectorsProgram } from '../../lib/src/training/language/cachedGradients';
import { labelPlaces } from '../../lib/src/training/language/labelFeeds';
import { pretrainingProgram } from '../../lib/src/training/language/pretrainingProgram';
import { mostAlive } from '../engine/mostAlive';

const GIB = 2 ** 30;

test('at the sizes of the paper the tensors of both programs are within the 24 GiB that the plan states', () => {
  const paper = profile('paper');
  const tokens = tokensThatFit(paper)!;
  expect(tokens).toBeGreaterThanOrEqual(4096);
  const config = encoderOf(paper);
  const shape = { rows: tokens / 1024, rowLength: 1024, slots: 32 };
  const optimizer = sumGradients(clipByGlobalNorm(adamW({ learningRate: 5e-5, weightDecay: 0 }), 1));
  const options = { optimizer, trainable: (name: string) => name !== 'embeddings/words' };
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
  const stated = bytesInPieces(paper, tokens);
  console.log(
    `${tokens} tokens at once: ${[vectors, masked, state, stated].map((n) => (n / GIB).toFixed(2)).join(', ')}`,
  );
  expect(stated).toBeLessThan(24 * GIB);
  expect(vectors + masked + state).toBeLessThan(stated);
  expect(vectors + masked + state).toBeGreaterThan(0.7 * stated);
});

test('pieces are whole sequences, as many as fit, and none where a batch fits', () => {
  const at = (...set: string[]) => tokensThatFit(profile('paper', set));
  expect(at('pretrain.memory=0')).toBeUndefined();
  expect(at('pretrain.memory=2000')).toBeUndefined();
  expect(at('pretrain.memory=1')).toBe(1024);
  const tokens = [12, 24, 80].map((memory) => at(`pretrain.memory=${memory}`)!);
  expect(tokens.every((n) => n % 1024 === 0)).toBe(true);
  expect(tokens[2]).toBeGreaterThan(2 * tokens[1]);
  expect(tokens[1]).toBeGreaterThan(2 * tokens[0]);
  expect(tokensThatFit(profile('mini'))).toBeUndefined();
});

test('the stage says what was chosen where there was a choice, and nothing where a batch fits', () => {
  const configOf = (...set: string[]) =>
    experiment(profile('smoke', ['language.from=scratch', ...set])).pt().config as object;
  expect(configOf()).not.toHaveProperty('tokensAtOnce');
  expect(configOf('pretrain.memory=24')).toEqual(configOf());
  expect(configOf('pretrain.memory=0.3')).toHaveProperty('tokensAtOnce');
});

/**
 * The language programs compiled and eager: gradients of the first step and losses agree.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEngine,
  type Engine,
  type Feeds,
  type NamedHostTensors,
  type TrainingProgram,
} from '../../lib/src/engine';
import { adam } from '../../lib/src/engine/optimizers';
import type { EncoderConfig } from '../../lib/src/models/encoder/config';
import { packBatch, fillRows } from '../../lib/src/models/encoder/packing';
import { initialEncoder, initialLanguageHead } from '../../lib/src/models/encoder/parameters';
import { normal } from '../../lib/src/models/initialise';
import { finetuningProgram, ITEM_TABLE } from '../../lib/src/training/language/finetuningProgram';
import { pretrainingProgram } from '../../lib/src/training/language/pretrainingProgram';
import { createRandom } from '../../lib/src/random';

const config: EncoderConfig = {
  attention: 'window',
  layers: 3,
  heads: 2,
  hidden: 16,
  intermediate: 24,
  vocabulary: 40,
  positions: 100,
  positionOffset: 2,
  tokenTypes: 4,
  itemPositions: 6,
  window: 8,
  normEps: 1e-5,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  initializerStd: 0.2,
};
const random = createRandom(2);
const sequences = [9, 14, 3, 25, 1, 8, 30, 12].map((length) => ({
  tokens: Int32Array.from({ length }, (_, i) => (i === 0 ? 0 : 5 + random.integer(35))),
  types: Int32Array.from({ length }, () => random.integer(4)),
  itemPositions: Int32Array.from({ length }, () => random.integer(6)),
}));
const shape = { rows: 4, rowLength: 32, slots: 3 };
const batch = packBatch(
  config,
  shape,
  fillRows(
    sequences.map((s) => s.tokens.length),
    32,
    3,
  ),
  sequences,
  1,
);
const optimizer = adam({ learningRate: 1e-3, eps: 1e-4 });
const weights = {
  ...initialEncoder(config, random),
  ...initialLanguageHead(config, random),
  [ITEM_TABLE]: normal(random, [20, 16], 1),
};

const programs: [string, TrainingProgram, Feeds][] = [
  [
    'pre-training',
    pretrainingProgram(
      config,
      { ...shape, labels: 6, pairs: 4 },
      { optimizer, trainable: (name) => name !== ITEM_TABLE },
    ),
    {
      ...batch.feeds,
      labelAt: Int32Array.from(
        [0, 2, 5, 3, 1, 0],
        (k, i) => batch.starts[i] + Math.min(k, sequences[i].tokens.length - 1),
      ),
      labels: Int32Array.of(7, 8, 9, 10, 11, 0),
      labelWeights: Float32Array.of(0.1, 0.1, 0.1, 0.05, 0.05, 0),
      users: batch.places.slice(0, 4),
      items: batch.places.slice(4, 8),
      pairWeights: Float32Array.of(1, 1, 1, 0),
    },
  ],
  [
    'fine-tuning',
    finetuningProgram(config, { ...shape, users: 8 }, { optimizer, trainable: () => true }),
    {
      ...batch.feeds,
      users: batch.places,
      targets: Int32Array.of(1, 2, 3, 4, 5, 19, 19, 1),
      weights: Float32Array.of(1, 1, 1, 1, 1, 1, 1, 0).map((w) => w / 7),
    },
  ],
  [
    'fine-tuning of layer 2 only',
    finetuningProgram(
      config,
      { ...shape, users: 8 },
      { optimizer, trainable: (name) => name.startsWith('layer2/') },
    ),
    {
      ...batch.feeds,
      users: batch.places,
      targets: Int32Array.of(1, 2, 3, 4, 5, 19, 19, 1),
      weights: new Float32Array(8).fill(1 / 8),
    },
  ],
];

describe('compiled and eager language programs', () => {
  let engines: Engine[];
  beforeAll(async () => {
    engines = [
      await createEngine({ provider: 'cpu', threads: 1, seed: 3 }),
      await createEngine({ provider: 'tfjs', seed: 3 }),
    ];
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

  it.each(programs)(
    '%s: gradients within 1e-5 of their global norm, ten losses within 1e-4',
    async (_, program, feeds) => {
      const runs = await Promise.all(
        engines.map(async (engine) => {
          const state = engine.createState(weights);
          const step = await engine.compileTraining(program, state);
          const first = await step.gradients(feeds);
          const losses: number[] = [];
          for (let i = 0; i < 10; i++) losses.push((await step.run(feeds)).loss);
          return { ...first, losses };
        }),
      );
      const [ours, eager] = runs;
      expect(Object.keys(ours.gradients).sort()).toEqual(Object.keys(eager.gradients).sort());
      const norm = Math.sqrt(sumOfSquares(eager.gradients));
      expect(norm).toBeGreaterThan(0.01);
      for (const [name, { data }] of Object.entries(ours.gradients)) {
        let worst = 0;
        data.forEach((x, i) => (worst = Math.max(worst, Math.abs(x - eager.gradients[name].data[i]))));
        expect(worst / norm, name).toBeLessThan(1e-5);
      }
      ours.losses.forEach((loss, i) =>
        expect(Math.abs(loss - eager.losses[i])).toBeLessThan(1e-4 * Math.max(1, Math.abs(loss))),
      );
      expect(ours.losses[9]).toBeLessThan(ours.losses[0]);
    },
  );
});

function sumOfSquares(tensors: NamedHostTensors): number {
  let sum = 0;
  for (const { data } of Object.values(tensors)) for (const x of data) sum += x * x;
  return sum;
}

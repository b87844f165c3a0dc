/**
 * method 16.12 for RECFORMER: with the full softmax over a fixed item table, a dozen users' next items are
 * learnt by heart.
 */
import { expect, it } from 'vitest';
import { createEngine } from '../../../lib/src/engine';
import { adamW } from '../../../lib/src/engine/optimizers';
import { SequenceEncoder } from '../../../lib/src/models/encoder/sequenceEncoder';
import { createRandom } from '../../../lib/src/random';
import { withPaddingRow } from '../../../lib/src/text/itemTable';
import { sequenceInput } from '../../../lib/src/text/recformerInput';
import { finetuningProgram, ITEM_TABLE } from '../../../lib/src/training/language/finetuningProgram';
import { packedShapes } from '../../../lib/src/training/language/packedShapes';
import { PackedSteps } from '../../../lib/src/training/language/packedSteps';
import { scoringProgram } from '../../../lib/src/training/language/recformerScorer';
import { limits, toyModel, words } from './toy';

it('ranks the training target of every one of a dozen users first', async () => {
  const random = createRandom(2);
  const { model, tokenizer, itemTokens } = await toyModel();
  const { config, padToken } = model;
  const [items, d] = [words.length, config.hidden];
  // Histories of two to four items, and targets that follow no rule.
  const histories = Array.from({ length: 12 }, (_, u) =>
    Array.from({ length: 2 + (u % 3) }, () => 1 + random.integer(items)),
  );
  const targets = histories.map(() => 1 + random.integer(items));
  const engine = await createEngine({ threads: 1 });
  const table = withPaddingRow(
    Array.from({ length: items * d }, () => random.normal()),
    items,
    d,
  );
  const state = engine.createState({
    ...model.weights,
    [ITEM_TABLE]: { shape: [items + 1, d], dtype: 'float32', data: table.data },
  });
  const sequences = histories.map((history) =>
    sequenceInput(
      history.map((id) => itemTokens[id - 1]),
      tokenizer.special.cls,
      limits,
    ),
  );
  const lengths = sequences.map(({ tokens }) => tokens.length);
  const steps = new PackedSteps({
    engine,
    state,
    config,
    padToken,
    shapes: packedShapes(config, [lengths], Math.max(...lengths)),
    program: (shape) =>
      finetuningProgram(
        config,
        { ...shape, users: 12 },
        {
          optimizer: adamW({ learningRate: 2e-3, weightDecay: 0 }),
          trainable: (name) => name !== ITEM_TABLE,
        },
      ),
  });
  const encoder = new SequenceEncoder(engine, state, config, { padToken });
  const scoring = await engine.compile(scoringProgram(12, d), state);
  const firsts = async (): Promise<number> => {
    const { scores } = await scoring.run({ vectors: await encoder.encode(sequences) });
    return targets.filter((target, u) => {
      const own = (scores.data as Float32Array).subarray(u * (items + 1) + 1, (u + 1) * (items + 1));
      return own.every((score, i) => i + 1 === target || score < own[target - 1]);
    }).length;
  };
  try {
    expect(await firsts()).toBeLessThan(6);
    let last = Infinity;
    for (let k = 0; k < 150; k++) {
      const { loss } = await steps.run(sequences, ({ places }) => ({
        users: Int32Array.from(places),
        targets: Int32Array.from(targets),
        weights: new Float32Array(12).fill(1 / 12),
      }));
      last = loss;
    }
    expect(last).toBeLessThan(0.05);
    expect(await firsts()).toBe(12);
  } finally {
    scoring.dispose();
    await encoder.dispose();
    await steps.dispose();
    await engine.dispose();
  }
});

/** The rule of agreement: compiled against eager, gradients of the first step and ten losses. */
import { afterAll, describe, expect, it } from 'vitest';
import { adam, createEngine } from '../../lib/src/engine';
import type { Engine, NamedHostTensors, TrainingProgram } from '../../lib/src/engine';
import {
  transformerBatch,
  transformerParameters,
  transformerStep,
  type TransformerShape,
} from '../../bench/engine/transformer';

const shape: TransformerShape = { batch: 4, length: 6, dim: 8, items: 30, heads: 2 };
const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.dispose();
});

async function tenSteps(provider: 'cpu' | 'tfjs', program: TrainingProgram, feeds = transformerBatch(shape)) {
  const engine = await createEngine({ provider, seed: 5, threads: 2 });
  engines.push(engine);
  const state = engine.createState(transformerParameters(shape));
  const step = await engine.compileTraining(program, state);
  const { gradients } = await step.gradients(feeds);
  const losses: number[] = [];
  for (let i = 0; i < 10; i++) losses.push((await step.run(feeds)).loss);
  return { gradients, losses };
}

/** Norm of the difference over the norm of the whole. */
function distance(a: NamedHostTensors, b: NamedHostTensors): number {
  let difference = 0;
  let norm = 0;
  for (const [name, { data }] of Object.entries(b)) {
    data.forEach((x, i) => {
      difference += (x - a[name].data[i]) ** 2;
      norm += x * x;
    });
  }
  return Math.sqrt(difference / norm);
}

describe.each([0, 0.3])('a transformer step with dropout %d', (dropout) => {
  it('agrees with eager TensorFlow.js', async () => {
    const program = transformerStep({ ...shape, dropout }, adam({ learningRate: 5e-3, eps: 1e-4 }));
    const eager = await tenSteps('tfjs', program);
    const compiled = await tenSteps('cpu', program);
    expect(Object.keys(compiled.gradients).sort()).toEqual(Object.keys(eager.gradients).sort());
    expect(distance(compiled.gradients, eager.gradients)).toBeLessThan(1e-5);
    compiled.losses.forEach((loss, i) => expect(Math.abs(loss - eager.losses[i])).toBeLessThan(1e-4));
    expect(compiled.losses[9]).toBeLessThan(compiled.losses[0] - 0.05);
  });
});

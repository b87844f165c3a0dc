/**
 * The paper's stages on WebGPU, end to end, beside the CPU's: a chain smaller than `smoke`, run by the runner
 * in its worker process. Needs ELEPHANT_WEBGPU=1; runs the compiled library.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import '../engine/swiftshader';
import { createEngine } from '../../lib/dist/engine/engine';
import { adamW, clipByGlobalNorm } from '../../lib/dist/engine/optimizers';
import { openProfile, type StoreSession } from '../../lib/dist/experiments/openProfile';
import { encoderShapes, languageHeadShapes } from '../../lib/dist/models/encoder/parameters';
import { fullRows, probeWeights } from '../../lib/dist/models/encoder/estimate';
import type { EncoderConfig } from '../../lib/dist/models/encoder/config';
import type { Feeds } from '../../lib/dist/engine/types';
import type { StageNode, StageResult } from '../../lib/dist/pipeline/stage';
import { pretrainingProgram } from '../../lib/dist/training/language/pretrainingProgram';
import { freshFolder } from '../support/folders';
import { differences, TOLERANCE } from './compareResults';

const gated = process.env.ELEPHANT_WEBGPU === '1';
if (!gated) console.log("the paper's stages on WebGPU: not tested, ELEPHANT_WEBGPU is not 1");

const SET = [
  'language.layers=2',
  'language.hidden=8',
  'language.heads=2',
  'language.sentences=60',
  'language.vocabulary=300',
  'language.batch=32',
  'pretrainingDomains=["Books"]',
  'pretrain.batch=8',
  'finetune.batch=64',
  'input.maxTokens=32',
  'input.maxAttributeLength=3',
  'attention.sequences=2',
  'recommender.epochs=1',
];
const DOMAIN = 'Pantry';

/** One stage of each kind that trains or encodes, each from the one before. */
function chain({ experiment }: StoreSession): Record<string, StageNode> {
  const pt = experiment.pt({ fraction: 0.1 });
  const node = experiment.encodedTable(DOMAIN, pt, 'PT');
  const table = { node, name: 'PT' };
  const [recommender] = experiment.recommenders(DOMAIN, { backbone: 'SASRec', variant: 'freeze', table });
  return {
    LF: experiment.lf(),
    PT: pt,
    table: node,
    attention: experiment.attention(DOMAIN, 'Longformer'),
    FT: experiment.layerSet(DOMAIN, [1], 'LF'),
    recommender,
  };
}

describe.skipIf(!gated)('a chain of stages', () => {
  const store = join(freshFolder(), 'store');
  let cpu: Record<string, StageResult>;
  let gpu: Record<string, StageResult>;

  const computed = async (provider: 'cpu' | 'webgpu'): Promise<Record<string, StageResult>> => {
    const session = openProfile({ profile: 'smoke', set: SET, store, workers: 1, provider });
    const nodes = chain(session);
    await session.run(Object.values(nodes));
    return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, session.read(node)]));
  };

  beforeAll(async () => {
    cpu = await computed('cpu');
    gpu = await computed('webgpu');
  }, 900_000);

  it.each(['LF', 'PT', 'table', 'attention', 'FT', 'recommender'])('%s is as on the CPU', (name) => {
    expect(differences(cpu[name].json, gpu[name].json, name)).toEqual([]);
    if (name === 'table' || name === 'attention') {
      const of = ({ arrays }: StageResult): Float32Array =>
        Object.values(arrays).find(({ dtype }) => dtype === 'float32')!.data as Float32Array;
      expect(Math.max(...of(cpu[name]).map((x, i) => Math.abs(x - of(gpu[name])[i])))).toBeLessThan(
        TOLERANCE.table,
      );
    }
  });
});

const config: EncoderConfig = {
  attention: 'window',
  layers: 1,
  heads: 1,
  hidden: 8,
  intermediate: 16,
  vocabulary: 4000,
  positions: 34,
  positionOffset: 2,
  tokenTypes: 4,
  itemPositions: 4,
  window: 16,
  normEps: 1e-5,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  initializerStd: 0.02,
};

it.skipIf(!gated)(
  'a language program holds its memory over 200 steps, one engine after another',
  async () => {
    const shape = { rows: 1, rowLength: 16, slots: 2 };
    const optimizer = clipByGlobalNorm(adamW({ learningRate: 1e-4, weightDecay: 0 }), 1);
    const program = pretrainingProgram(
      config,
      { ...shape, labels: 2, pairs: 1 },
      { optimizer, trainable: () => true },
    );
    const feeds: Feeds = { ...fullRows(config, shape, 1).feeds };
    for (const [name, { shape: dims, dtype }] of Object.entries(program.inputs)) {
      const size = dims.reduce((a, b) => a * b, 1);
      feeds[name] ??=
        dtype === 'int32' ? new Int32Array(size).fill(1) : new Float32Array(size).fill(1 / size);
    }
    // As stages do: an engine, a training, the weights read out, everything given back.
    const training = async (steps: number): Promise<number> => {
      const engine = await createEngine({ provider: 'webgpu' });
      const state = engine.createState(
        probeWeights({ ...encoderShapes(config), ...languageHeadShapes(config) }),
      );
      const step = await engine.compileTraining(program, state);
      let loss = NaN;
      for (let i = 0; i < steps; i++) ({ loss } = await step.run(feeds));
      await state.snapshot();
      step.dispose();
      state.dispose();
      await engine.dispose();
      return loss;
    };
    // Software drivers keep the device's memory in this process.
    const mebibytes = (): number => process.memoryUsage().rss / 2 ** 20;
    await training(20);
    const before = mebibytes();
    expect(await training(160)).toBeGreaterThan(0);
    await training(20);
    // Weights and two moments are 0.8 MiB: a generation leaked at each step would be 140 MiB.
    expect(mebibytes() - before).toBeLessThan(60);
  },
  600_000,
);

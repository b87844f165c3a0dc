/**
 * The paper's stages on TensorFlow.js, beside the CPU's: the language model given, pre-training, fine-tuning,
 * a table and a recommender, on made files. Runs the compiled library.
 */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openProfile, type StoreSession } from '../../lib/dist/experiments/openProfile';
import type { StageNode } from '../../lib/dist/pipeline/stage';
import { freshFolder } from '../support/folders';
import { differences, TOLERANCE } from './compareResults';
import { TINY, writeDomain, writeModel } from './givenFiles';

const folder = freshFolder();
/** Of 38 users, two may change places: these items have few words, so scores are close. */
const FEW_USERS = { ...TOLERANCE, metric: 2.1 / 38 };
const SET = [...TINY, 'given.pretraining.users=6', 'recommender.epochs=1'];

beforeAll(async () => {
  for (const domain of ['Lamps', 'Chairs']) writeDomain(join(folder, 'data'), domain);
  await writeModel(join(folder, 'model'));
});

function chain({ experiment }: StoreSession): Record<string, StageNode> {
  const node = experiment.itemTable('Lamps', 'PT');
  const table = { node, name: 'PT' };
  const [recommender] = experiment.recommenders('Lamps', { backbone: 'SASRec', variant: 'trainable', table });
  return { PT: experiment.pt(), FT: experiment.recformer('Lamps'), table: node, recommender };
}

async function computed(provider: 'cpu' | 'tfjs'): Promise<Record<string, unknown>> {
  const session = openProfile({
    ...{ profile: 'real', set: SET, data: join(folder, 'data'), model: join(folder, 'model') },
    ...{ store: join(folder, 'store'), workers: 1, provider },
  });
  const nodes = chain(session);
  await session.run(Object.values(nodes));
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, session.read(node).json]));
}

test('stages on TensorFlow.js are as on the CPU', { timeout: 600_000 }, async () => {
  const [cpu, tfjs] = [await computed('cpu'), await computed('tfjs')];
  for (const name of Object.keys(cpu))
    expect(differences(cpu[name], tfjs[name], name, FEW_USERS)).toEqual([]);
});

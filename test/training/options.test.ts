/** Every documented decision of reference.md section 13 that is an option here can be trained with, and changes the result. */
import { describe, expect, it } from 'vitest';
import { withPaddingRow } from '../../lib/src/text/itemTable';
import { createRandom } from '../../lib/src/random';
import { recommenderOptions, type RecommenderOptions, trainRecommender, type TrainRecommender } from '../../lib/src/training';
import { smallDataset } from '../evaluation/smallDataset';

const dataset = smallDataset({ users: 40, items: 110 });
const random = createRandom(6);
const table = withPaddingRow(Float32Array.from({ length: dataset.items * 8 }, () => 0.2 * random.normal()), dataset.items, 8);
const loss = async (request: Partial<TrainRecommender> & Pick<TrainRecommender, 'model'>): Promise<number> => {
  const { log } = await trainRecommender({ dataset, dim: 8, heads: 1, maxLength: 10, batch: 40, epochs: 3, dropout: 0, threads: 1, userSampling: 'shuffled', ...request });
  return log[2].loss as number;
};

describe('options', () => {
  it.each([
    ['D10 padding masked', { model: 'sasrec', loss: 'ce' }, { padding: 'masked' }],
    ['D11 padding as class 0', { model: 'sasrec', loss: 'ce' }, { paddingAsClass: true }],
    ['D12 softmax instead of BCE', { model: 'sasrec', loss: 'bce' }, { loss: 'ce' }],
    ['several negatives', { model: 'sasrec', loss: 'bce' }, { negatives: 3 }],
    ['D44 negatives by popularity', { model: 'sasrec', loss: 'sampled' }, { negativeSampling: 'popularity' }],
    ['no logQ correction', { model: 'sasrec', loss: 'sampled' }, { logQ: 'none' }],
    ['logQ correction of labels too', { model: 'sasrec', loss: 'sampled', negativeSampling: 'popularity' }, { logQ: 'both' }],
    ['D48 users with replacement', { model: 'sasrec', loss: 'ce' }, { userSampling: 'replacement', batch: 40 }],
    ['D35 table rescaled', { model: 'sasrec', loss: 'ce', variant: 'freeze', table }, { tableScale: 'randomStd' }],
    ['D35 table whitened', { model: 'sasrec', loss: 'ce', variant: 'freeze', table }, { tableScale: 'whitened' }],
    ['D3 tied output', { model: 'bert4rec' }, { output: 'tied' }],
    ['D4 trained mask row', { model: 'bert4rec', variant: 'freeze', table }, { trainedMaskRow: true }],
  ] as [string, Partial<TrainRecommender> & Pick<TrainRecommender, 'model'>, Partial<RecommenderOptions>][])('%s changes what is learnt', async (_, request, change) => {
    const [before, after] = [await loss(request), await loss({ ...request, ...change })];
    expect(Number.isFinite(after)).toBe(true);
    expect(after).not.toBe(before);
  });

  it('have the authors\' defaults', () => {
    expect(recommenderOptions({ model: 'sasrec' })).toMatchObject({ dim: 768, blocks: 2, heads: 1, dropout: 0.5, batch: 128, loss: 'bce', beta2: 0.98, userSampling: 'replacement', patience: 10, epochs: 200 });
    expect(recommenderOptions({ model: 'bert4rec' })).toMatchObject({ dim: 768, blocks: 2, heads: 4, dropout: 0.1, batch: 256, loss: 'ce', beta2: 0.999, userSampling: 'shuffled', output: 'untied' });
  });

  it('weigh padded slots as coded under D11: all of them together as their share of batch x length', async () => {
    // At rate ~0 the last norm's bias stays 0, so a padded slot's loss is ln(V + 1).
    const still = { model: 'sasrec', loss: 'ce', learningRate: 1e-30 } as const;
    const [real, all] = [await loss(still), await loss({ ...still, paddingAsClass: true })];
    const share = (all - real) / (Math.log(dataset.items + 1) - real);
    let positions = 0;
    let users = 0;
    for (let u = 0; u < dataset.users; u++) {
      const length = dataset.offsets[u + 1] - dataset.offsets[u];
      const part = length < 3 ? length : length - 2;
      if (part < 2) continue;
      users++;
      positions += Math.min(10, part - 1);
    }
    expect(share).toBeCloseTo(1 - positions / (users * 10), 2);
  });
});

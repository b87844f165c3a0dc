/**
 * What `bench serving` serves: both models trained for an epoch on the largest domain of the made-up shop,
 * and an untrained SASRec over as many items as Amazon Beauty has, whose calls cost what a trained one's do.
 */
import { history } from '../../lib/src/data';
import { simulateDomain } from '../../lib/src/data/simulation';
import { createRandom } from '../../lib/src/random';
import { trainRecommender } from '../../lib/src/training';
import { recommenderOptions } from '../../lib/src/training/recommender';
import { startingPoint } from '../../lib/src/training/recommender/variants';
import type { ServedModel } from './benchServing';

const DIM = 64;
const BEAUTY = 12_101;

export async function* servedModels(): AsyncGenerator<ServedModel> {
  const dataset = simulateDomain('Books');
  const histories = Array.from(dataset.evaluationUsers, (user) =>
    Array.from(history(dataset, user, 'test'), (id) => dataset.itemKeys[id - 1]),
  );
  for (const model of ['sasrec', 'bert4rec'] as const) {
    const recommender = await trainRecommender({ dataset, model, loss: 'ce', dim: DIM, epochs: 1 });
    yield { name: model, recommender, catalogue: dataset, histories };
  }
  const random = createRandom(1);
  const itemKeys = Array.from({ length: BEAUTY }, (_, i) => `item${i + 1}`);
  const catalogue = { name: 'made up', fingerprint: 'made up', items: BEAUTY, itemKeys };
  const options = recommenderOptions({ model: 'sasrec', loss: 'ce', dim: DIM });
  const weights = startingPoint({ ...dataset, ...catalogue }, options).tensors;
  yield {
    name: 'sasrec, untrained',
    recommender: { options, fingerprint: catalogue.fingerprint, weights },
    catalogue,
    histories: Array.from({ length: 1000 }, () =>
      Array.from({ length: 3 + random.integer(48) }, () => itemKeys[random.integer(BEAUTY)]),
    ),
  };
}

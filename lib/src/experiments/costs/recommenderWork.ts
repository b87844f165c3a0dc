/** What the training of a recommender has to do, from its sizes (work.ts). */
import { libraryLoss, sharedClasses } from '../../training/losses';
import { recommenderOptions } from '../../training/recommender/options';
import type { RecommenderConfig } from '../stages/recommender';
import type { DomainSizes } from './domainSizes';
import { BYTE_FLOP, CALL_FLOP } from './effort';
import { PROCESS_BYTES } from './memory';
import { rankings, recommenderStep, type RecommenderSizes } from './programs';
import type { Work } from './work';

/** Passes over the users until the best epoch, as measured on mini: of SASRec, of BERT4Rec. */
const BEST_AT: Record<RecommenderConfig['variant'], readonly [number, number]> = {
  base: [93, 123],
  trainable: [201, 141],
  freeze: [225, 49],
  furtherAll: [246, 124],
  furtherEmb: [258, 84],
  withID: [296, 141],
};

export function recommenderWork(
  config: RecommenderConfig,
  { users, items, meanLength, evaluated }: DomainSizes,
): Work {
  const { model, loss, variant, dim, epochs, patience, batch, learningRates, leastUpdates = 1 } = config;
  const perPass = Math.max(1, Math.floor(users / batch));
  const perEpoch = Math.max(config.passes, Math.ceil(leastUpdates / perPass));
  const sasrec = model === 'sasrec';
  const runs = Math.max(1, learningRates.length);
  const expected = Math.min(epochs, BEST_AT[variant][sasrec ? 0 : 1] / perEpoch + patience);
  const passesOfData = expected * perEpoch;
  const positions = users * Math.max(1, Math.min(50, meanLength - (sasrec ? 3 : 2))) * (sasrec ? 0.63 : 1);
  const body = (sasrec ? 24 : 48) * dim * dim;
  const labels = sasrec ? positions : 0.15 * positions;
  const classes = sharedClasses(libraryLoss(loss), items, recommenderOptions({ model, loss }).negatives);
  const evaluation = evaluated * (2 * dim * items + body * Math.min(50, meanLength - 2));
  const flop =
    runs * (3 * passesOfData * (positions * body + labels * 2 * dim * classes) + expected * evaluation);
  const table = items * dim;
  const tables =
    (variant === 'freeze' ? 0 : table) + (sasrec ? 0 : table) + (variant === 'withID' ? table : 0);
  const parameters = (sasrec ? 12 : 24) * dim * dim + tables;
  const updates = runs * passesOfData * perPass;
  const step: RecommenderSizes = {
    ...{ model, loss, variant, dim },
    batch: Math.min(batch, Math.ceil(users)),
    items: Math.round(items),
    length: Math.max(1, Math.min(50, meanLength - (sasrec ? 3 : 2))),
  };
  const logits = 3 * batch * Math.min(50, meanLength) * (sasrec ? 1 : 0.15) * classes;
  return {
    flop,
    bytes: PROCESS_BYTES + 4 * (5 * parameters + 2 * table + logits + 20 * batch * 50 * dim),
    sequential: { effort: flop + updates * (CALL_FLOP + 28 * BYTE_FLOP * parameters), runs },
    programs: () => [
      { cost: recommenderStep(step), times: updates },
      ...rankings(step, evaluated * runs * expected),
    ],
  };
}

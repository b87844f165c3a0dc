/** What the training of a recommender has to do, from its sizes (work.ts). */
import { libraryLoss, sharedClasses } from '../../training/losses';
import type { ModelName } from '../../training/recommender/models';
import { recommenderOptions } from '../../training/recommender/options';
import type { RecommenderConfig } from '../stages/recommender';
import type { DomainSizes } from './domainSizes';
import { BYTE_FLOP, CALL_FLOP } from './effort';
import { PROCESS_BYTES } from './memory';
import { rankings, recommenderStep, type RecommenderSizes } from './programs';
import type { Work } from './work';

/** What of a model the work depends on. */
interface ModelWork {
  /** Passes over the users until the best epoch, as measured on mini. */
  readonly bestAt: Readonly<Record<RecommenderConfig['variant'], number>>;
  /** Share of the users that a pass meets. */
  readonly usersMet: number;
  /** Newest items of a history that are no input of training. */
  readonly heldBack: number;
  /** Share of the positions that have a label. */
  readonly labelled: number;
  /** Weights of the two blocks, in squares of the width. */
  readonly weights: number;
  /** Item tables that are trained beside the given one: the output layer's. */
  readonly outputTables: number;
}

const WORK: Record<ModelName, ModelWork> = {
  sasrec: {
    bestAt: { base: 93, trainable: 201, freeze: 225, furtherAll: 246, furtherEmb: 258, withID: 296 },
    // Users are drawn with replacement.
    usersMet: 0.63,
    heldBack: 3,
    labelled: 1,
    weights: 12,
    outputTables: 0,
  },
  bert4rec: {
    bestAt: { base: 123, trainable: 141, freeze: 49, furtherAll: 124, furtherEmb: 84, withID: 141 },
    usersMet: 1,
    heldBack: 2,
    labelled: 0.15,
    weights: 24,
    outputTables: 1,
  },
};
const MAX_LENGTH = 50;

export function recommenderWork(
  config: RecommenderConfig,
  { users, items, meanLength, evaluated }: DomainSizes,
): Work {
  const { model, loss, variant, dim, epochs, patience, batch, learningRates } = config;
  const { leastUpdates = 1, pieces = 1 } = config;
  const perPass = Math.max(1, Math.floor(users / batch));
  const perEpoch = Math.max(config.passes, Math.ceil(leastUpdates / perPass));
  const { bestAt, usersMet, heldBack, labelled, weights, outputTables } = WORK[model];
  const runs = Math.max(1, learningRates.length);
  const expected = Math.min(epochs, bestAt[variant] / perEpoch + patience);
  const passesOfData = expected * perEpoch;
  const length = Math.max(1, Math.min(MAX_LENGTH, meanLength - heldBack));
  const positions = users * length * usersMet;
  // A multiplication and an addition per weight.
  const body = 2 * weights * dim * dim;
  const labels = labelled * positions;
  const classes = sharedClasses(libraryLoss(loss), items, recommenderOptions({ model, loss }).negatives);
  const evaluation = evaluated * (2 * dim * items + body * Math.min(MAX_LENGTH, meanLength - 2));
  const flop =
    runs * (3 * passesOfData * (positions * body + labels * 2 * dim * classes) + expected * evaluation);
  const table = items * dim;
  const tables = Number(variant !== 'freeze') + outputTables + Number(variant === 'withID');
  const parameters = weights * dim * dim + tables * table;
  const updates = runs * passesOfData * perPass;
  const step: RecommenderSizes = {
    ...{ model, loss, variant, dim },
    batch: Math.ceil(Math.min(batch, Math.ceil(users)) / pieces),
    pieces,
    items: Math.round(items),
    length,
    precision: config.precision,
  };
  const atOnce = batch / pieces;
  // Weights, both moments and gradients, with what comes next; pieces also have a sum of gradients.
  const held = (pieces > 1 ? 7 : 5) * parameters;
  const logits = 3 * atOnce * Math.min(MAX_LENGTH, meanLength) * labelled * classes;
  return {
    flop,
    bytes: PROCESS_BYTES + 4 * (held + 2 * table + logits + 20 * atOnce * MAX_LENGTH * dim),
    sequential: { effort: flop + updates * pieces * (CALL_FLOP + 28 * BYTE_FLOP * parameters), runs },
    programs: () => [
      { cost: recommenderStep(step), times: updates * pieces },
      ...rankings(step, evaluated * runs * expected),
    ],
  };
}

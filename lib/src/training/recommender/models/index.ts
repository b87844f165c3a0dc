/**
 * The recommenders by name. Options, batches, programs, ranking, export and cost estimates all read them
 * here, so a new model takes one file and one line.
 */
import { unknownName } from '../../../errors';
import { bert4recModel } from './bert4rec';
import type { RecommenderModel } from './model';
import { sasrecModel } from './sasrec';

export const RECOMMENDERS = { sasrec: sasrecModel, bert4rec: bert4recModel } satisfies Record<
  string,
  RecommenderModel
>;

export type ModelName = keyof typeof RECOMMENDERS;

/** The model of that name. @throws InputError if RECOMMENDERS has no such name. */
export function recommenderModel(name: ModelName): RecommenderModel {
  if (!Object.hasOwn(RECOMMENDERS, name))
    throw unknownName('train', 'model', String(name), Object.keys(RECOMMENDERS));
  return RECOMMENDERS[name];
}

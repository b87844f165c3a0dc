/**
 * The losses that a recommender can be trained with, by name. Options, batches, programs, cost estimates and
 * the command line read them here, so a new loss is a file and a line in LOSSES.
 */
import { unknownName } from '../../errors';
import { bce } from './bce';
import { ce } from './ce';
import type { RecommenderLoss } from './loss';
import { sampled } from './sampled';

export * from './loss';

export const LOSSES = { bce, ce, sampled } satisfies Record<
  string,
  RecommenderLoss & { readonly meaning: string }
>;

/** One of LOSSES; of a finished training also the name of the user's own loss. */
export type LossName = keyof typeof LOSSES | (string & {});

/** @throws InputError for a name that is none of LOSSES. */
export function libraryLoss(name: string): RecommenderLoss {
  if (!Object.hasOwn(LOSSES, name)) throw unknownName('train', 'loss', name, Object.keys(LOSSES));
  return LOSSES[name as keyof typeof LOSSES];
}

/** All of them with their meanings, in one line. */
export const LOSS_MEANINGS = Object.values(LOSSES)
  .map(({ name, meaning }) => `${name}: ${meaning}`)
  .join('; ');

/**
 * Leave-one-out split (method 2.4): a user's last item is the test target, the last but one the validation
 * target, and everything before is for training. Views into the dataset, no copies. Used by training,
 * evaluation and statistics.
 */
import type { Dataset } from './types';

/** Which target is ranked: the last item but one (validation) or the last one (test). */
export type EvaluationSplit = 'validation' | 'test';

/** Users with fewer interactions have no targets: all they have is training (method 2.4). */
export const SHORTEST_EVALUATED = 3;

type Sequences = Pick<Dataset, 'offsets' | 'sequence'>;

/**
 * Items of user `row` that may be trained on, oldest first: all but the last two; all of them if there are
 * fewer than 3. A view into the dataset: do not write into it.
 */
export function trainPart(dataset: Sequences, row: number): Int32Array {
  const start = dataset.offsets[row];
  const end = dataset.offsets[row + 1];
  return dataset.sequence.subarray(start, end - start < SHORTEST_EVALUATED ? end : end - 2);
}

/**
 * What a model may look at to predict the target, oldest first: the training part for validation, training
 * part and validation item for test. A view into the dataset: do not write into it.
 * @throws RangeError for a user without targets (fewer than 3 interactions).
 * @example
 * ```ts
 * import { readOwn } from 'elephant';
 * import { history, target, trainPart } from 'elephant/data';
 * const dataset = await readOwn('examples/shop');
 * const row = dataset.evaluationUsers[0];
 * console.log(trainPart(dataset, row), history(dataset, row, 'test'), target(dataset, row, 'test'));
 * ```
 */
export function history(dataset: Sequences, row: number, split: EvaluationSplit): Int32Array {
  requireTargets(dataset, row);
  const end = dataset.offsets[row + 1];
  return dataset.sequence.subarray(dataset.offsets[row], split === 'validation' ? end - 2 : end - 1);
}

/**
 * Item id (1..items) to be ranked for user `row`: the last item but one for validation, the last one for
 * test.
 * @throws RangeError for a user without targets (fewer than 3 interactions).
 */
export function target(dataset: Sequences, row: number, split: EvaluationSplit): number {
  requireTargets(dataset, row);
  return dataset.sequence[dataset.offsets[row + 1] - (split === 'validation' ? 2 : 1)];
}

/** Which items occur in some user's training part: a flag per item id, length items + 1. */
export function trainedItems(dataset: Sequences & Pick<Dataset, 'users' | 'items'>): Uint8Array {
  const trained = new Uint8Array(dataset.items + 1);
  for (let row = 0; row < dataset.users; row++) {
    for (const item of trainPart(dataset, row)) trained[item] = 1;
  }
  return trained;
}

function requireTargets({ offsets }: Sequences, row: number): void {
  const length = offsets[row + 1] - offsets[row];
  if (!(length >= SHORTEST_EVALUATED)) {
    throw new RangeError(
      `split: expected a user with at least ${SHORTEST_EVALUATED} interactions, got row ${row} with ` +
        `${length}. Walk over dataset.evaluationUsers`,
    );
  }
}

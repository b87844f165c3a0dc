/**
 * What stage-PT may see (method 5.1, 5.5): one sequence per user and domain. Validation and test items are
 * left out if the domain is evaluated later (D28). A part is held out for validation (D29), and a nested
 * fraction of the rest is used (Figure 2).
 */
import { shuffledOrder } from '../../data/shuffle';
import { trainPart } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { InputError } from '../../errors';

export interface PretrainingSequence {
  /** Index of the dataset. */
  readonly domain: number;
  /** Item ids of that domain, oldest first. */
  readonly items: Int32Array;
}

export interface PretrainingSequencesOptions {
  /** Names of domains that are evaluated later. */
  evaluated: readonly string[];
  /**
   * "out": their validation and test items are not trained on. "in": whole sequences, as the authors may have
   * used.
   */
  targets: 'out' | 'in';
  /** Share of sequences held out for validation. */
  heldOut: number;
  /** Share of the others that is used; a larger share contains every smaller one. */
  fraction: number;
  seed: number;
}

const PRETRAINING_SEQUENCES_DEFAULTS: PretrainingSequencesOptions = {
  evaluated: [],
  targets: 'out',
  heldOut: 0.02,
  fraction: 1,
  seed: 42,
};

export function pretrainingSequences(
  datasets: readonly Dataset[],
  options: Partial<PretrainingSequencesOptions> = {},
): { train: PretrainingSequence[]; validation: PretrainingSequence[] } {
  const { evaluated, targets, heldOut, fraction, seed } = { ...PRETRAINING_SEQUENCES_DEFAULTS, ...options };
  if (!(fraction > 0 && fraction <= 1))
    throw new InputError('pre-training fraction', `expected a share above 0 and up to 1, got ${fraction}`);
  const all: PretrainingSequence[] = [];
  datasets.forEach((dataset, domain) => {
    const without = targets === 'out' && evaluated.includes(dataset.name);
    const isEvaluated = new Uint8Array(dataset.users);
    if (without) for (const row of dataset.evaluationUsers) isEvaluated[row] = 1;
    for (let row = 0; row < dataset.users; row++) {
      const items = isEvaluated[row]
        ? trainPart(dataset, row)
        : dataset.sequence.subarray(dataset.offsets[row], dataset.offsets[row + 1]);
      if (items.length > 0) all.push({ domain, items });
    }
  });
  const order = shuffledOrder(all.length, seed, 0);
  const held = Math.min(all.length - 1, Math.max(1, Math.round(heldOut * all.length)));
  if (all.length < 2)
    throw new InputError('pre-training', `expected at least 2 sequences, got ${all.length}`);
  const rest = order.subarray(held);
  const used = Math.max(1, Math.round(fraction * rest.length));
  return {
    train: Array.from(rest.subarray(0, used), (i) => all[i]),
    validation: Array.from(order.subarray(0, held), (i) => all[i]),
  };
}

/** t uniform in {floor((n - 1) / 2), ..., n - 1}, from u in [0, 1) (method 5.1). */
export function targetPosition(n: number, u: number): number {
  const lowest = Math.floor((n - 1) / 2);
  return lowest + Math.floor(u * (n - lowest));
}

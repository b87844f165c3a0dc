/**
 * Which of the paper's claims a user's own data answer, and a sentence on the others. The project's own
 * profiles show all claims, those that they do not measure too. Pure.
 */
import type { ScoreboardRow } from '../../experiments/claims';
import type { Profile } from '../../experiments/profiles';
import { SEEN } from '../../experiments/views/scoreboard';

export interface AnsweredClaims {
  readonly rows: readonly ScoreboardRow[];
  /** Why the others are left out; undefined if all are there. */
  readonly leftOut: string | undefined;
}

export function answeredClaims(all: readonly ScoreboardRow[], { own }: Pick<Profile, 'own'>): AnsweredClaims {
  const rows = own === undefined ? all : all.filter(({ ours }) => ours !== undefined);
  if (rows.length === all.length) return { rows, leftOut: undefined };
  const count = (why: (reason: string) => boolean): number =>
    all.filter(({ ours, reason = '' }) => ours === undefined && why(reason)).length;
  const reasons = (
    [
      [count((reason) => reason.startsWith('not in this run')), 'on tables or models that this run lacks'],
      [count((reason) => reason === SEEN), 'on domains that pre-training has not seen (it has seen yours)'],
      [count((reason) => reason.startsWith('no user')), 'on gains over a model without a single hit'],
    ] as const
  ).flatMap(([n, why]) => (n === 0 ? [] : [`${n} ${why}`]));
  const left = all.length - rows.length;
  return {
    rows,
    leftOut:
      `${left} of the paper's ${all.length} claims ${left === 1 ? 'is' : 'are'} left out, as this run ` +
      `cannot judge ${left === 1 ? 'it' : 'them'}: ${reasons.join(', ')}.`,
  };
}

/**
 * `elephant run --options`: every value of a profile that `--set` takes, as it is after the overrides given.
 * What a value must be is what the profile's check says. Pure but for printing, which is run.ts's.
 */
import { expectedValues } from '../experiments/profiles/checkProfile';
import { profile as namedProfile } from '../experiments/profiles';
import { PROFILE_MEANINGS } from './profileMeanings';

export interface ProfileOption {
  /** As `--set` takes it: recommender.learningRates.SASRec. */
  key: string;
  value: unknown;
  expected: string;
  meaning: string;
}

/** @throws InputError for an unknown profile or an override that cannot be. */
export function profileOptions(name: string, set: readonly string[]): ProfileOption[] {
  const profile = namedProfile(name, set);
  const expected = expectedValues(profile, namedProfile(name));
  return leaves(PROFILE_MEANINGS, profile).map(({ key, value, meaning }) => ({
    key,
    value,
    expected: expected.get(key) ?? `a ${typeof value}`,
    meaning,
  }));
}

type Tree = Record<string, unknown>;

/** Values that have a meaning, by their paths; those that the profile lacks are left out. */
function leaves(meanings: object, values: object, within = ''): Omit<ProfileOption, 'expected'>[] {
  return Object.entries(meanings).flatMap(([name, meaning]: [string, unknown]) => {
    const value = (values as Tree)[name];
    if (value === undefined) return [];
    const key = `${within}${name}`;
    return typeof meaning === 'string'
      ? [{ key, value, meaning }]
      : leaves(meaning as object, value as object, `${key}.`);
  });
}

/** Two lines a value: key and value as `--set` takes them, then its meaning and what it may be. */
export function profileOptionsText(options: readonly ProfileOption[]): string {
  return options
    .map(
      ({ key, value, expected, meaning }) =>
        `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}\n    ${meaning}; takes ` +
        `${expected}\n`,
    )
    .join('');
}

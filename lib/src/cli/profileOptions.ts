/**
 * `elephant run --options`: every value of a profile that `--set` takes, as it is after the overrides given,
 * from the profile's schema. Pure.
 */
import { profile as namedProfile } from '../experiments/profiles';
import { schemaOf } from '../experiments/profiles/schema';
import { type OptionInfo, optionsOf } from '../schema';

/** `key` is as `--set` takes it. */
export interface ProfileOption extends OptionInfo {
  value: unknown;
}

/** @throws InputError for an unknown profile or an override that cannot be. */
export function profileOptions(name: string, set: readonly string[]): ProfileOption[] {
  const profile = namedProfile(name, set);
  return optionsOf(schemaOf(profile, namedProfile(name)))
    .map((info) => ({ ...info, value: valueAt(profile, info.key) }))
    .filter(({ value }) => value !== undefined);
}

/** Two lines a value: key and value as `--set` takes them, then its meaning and what it may be. */
export function profileOptionsText(options: readonly ProfileOption[]): string {
  return options
    .map(
      ({ key, value, expected, meaning, decisions }) =>
        `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}\n    ${meaning}` +
        `${decisions.length > 0 ? ` (${decisions.join(', ')})` : ''}; takes ${expected}\n`,
    )
    .join('');
}

/** Undefined if there is no such path. */
function valueAt(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], tree);
}

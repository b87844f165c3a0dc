/**
 * `elephant run --options`: every value of a profile that `--set` takes, after the given overrides, from the
 * profile's schema. Pure.
 */
import { profile as namedProfile } from '../experiments/profiles';
import { schemaOf } from '../experiments/profiles/schema';
import { type OptionInfo, optionsOf } from '../schema';

/** `key` is as `--set` takes it. */
export interface ProfileOption extends OptionInfo {
  value: unknown;
}

/** @throws InputError for an unknown profile or an invalid override. */
export function profileOptions(name: string, set: readonly string[]): ProfileOption[] {
  const profile = namedProfile(name, set);
  return optionsOf(schemaOf(profile, namedProfile(name)))
    .map((info) => ({ ...info, value: valueAt(profile, info.key) }))
    .filter(({ value }) => value !== undefined);
}

/** Two lines per value: key and value as `--set` takes them, then the meaning and the allowed values. */
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

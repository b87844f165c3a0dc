/** A profile by name, with the single values that `--set` changes. */
import { InputError, unknownName } from '../../errors';
import { optionsOf } from '../../schema';
import { mini } from './mini';
import { onOwnData, type OwnData } from './ownData';
import { paper } from './paper';
import { real } from './real';
import { checkProfile, type Profile, schemaOf } from './schema';
import { seeds } from './seeds';
import { smoke } from './smoke';
import { study } from './study';
import { unrelated } from './unrelated';
import { when } from './when';
import { worlds } from './worlds';

const PROFILES: Readonly<Record<string, Profile>> = {
  smoke,
  mini,
  worlds,
  unrelated,
  seeds,
  when,
  study,
  real,
  paper,
};

/** Names that `profile` and `open` take. */
export const PROFILE_NAMES: readonly string[] = Object.keys(PROFILES);

/**
 * The profile of that name with overrides such as "recommender.epochs=3" applied; values are JSON.
 * @param own a user's data, on which the profile is then; open() makes it of `interactions`.
 * @throws InputError for an unknown profile name or an invalid value.
 * @example
 * ```ts
 * import { profile } from 'elephant';
 * const { domains, recommender } = profile('mini', ['recommender.epochs=3']);
 * console.log(domains, recommender.epochs);
 * ```
 */
export function profile(name: string, overrides: readonly string[] = [], own?: OwnData): Profile {
  if (!Object.hasOwn(PROFILES, name)) throw unknownName('profile', 'profile', name, PROFILE_NAMES);
  const named = own === undefined ? PROFILES[name] : onOwnData(PROFILES[name], own);
  const { own: _, ...result } = structuredClone(named);
  const options = optionsOf(schemaOf(result, named)).map(({ key }) => key);
  for (const override of overrides) apply(result, override, options);
  checkProfile(result, named);
  // Tables that are made from Table 3's columns need its domains.
  for (const list of ['withID', 'beyond', 'equalScales', 'fractionDomains'] as const)
    result[list] = result[list].filter((domain) => result.domains.includes(domain));
  return own === undefined ? result : { ...result, own };
}

type Tree = { [key: string]: unknown };

/** `options`: paths of all values that a profile may have; those that may be absent can be set too. */
function apply(tree: object, override: string, options: readonly string[]): void {
  const equals = override.indexOf('=');
  if (equals < 1)
    throw new InputError(
      '--set',
      `expected key=value, got "${override}"`,
      'For example --set recommender.epochs=3',
    );
  const path = override.slice(0, equals).split('.');
  let node = tree as Tree;
  path.forEach((key, depth) => {
    const where = `profile ${path.slice(0, depth).join('.')}`.trim();
    const known = Object.hasOwn(node, key) || options.includes(path.slice(0, depth + 1).join('.'));
    if (!known) throw unknownName(where, 'key', key, Object.keys(node));
    if (depth < path.length - 1) {
      if (typeof node[key] !== 'object' || Array.isArray(node[key]))
        throw new InputError(where, `"${key}" has no keys of its own`);
      node = node[key] as Tree;
    }
  });
  const last = path[path.length - 1];
  node[last] = parseValue(path.join('.'), override.slice(equals + 1), node[last]);
}

/** `present`: the value that it replaces. */
function parseValue(key: string, text: string, present: unknown): unknown {
  if (typeof present === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    const like = present === undefined ? 'a value in JSON' : `a value like ${JSON.stringify(present)}`;
    throw new InputError(`profile ${key}`, `expected ${like}, got "${text}"`);
  }
}

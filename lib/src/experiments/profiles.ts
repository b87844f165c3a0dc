/**
 * Profiles: how large an experiment is. A profile is plain values; everything that a result depends on is in it, so that it
 * enters the stages' keys. `smoke` is for tests, `mini` is what `npm run report` runs.
 */
import type { DomainName, SimulationSize, SimulationWorld } from '../data/simulation';
import { InputError, unknownName } from '../errors';

export interface Profile {
  name: string;
  /** The simulated domains: world and size as in data/simulation. */
  simulation: { world: SimulationWorld; size: SimulationSize; seed: number };
  /** Domains that are evaluated (Tables 3-5). */
  domains: DomainName[];
  recommender: {
    /** Width of the item embedding and the model. */
    dim: number;
    epochs: number;
    /** Epochs without a better validation NDCG@10 before training stops. */
    patience: number;
    /** Users per update. The paper's 128 would leave domains of 300 users two updates an epoch. */
    batch: number;
    dropout: number;
    /** Grid from which validation NDCG@10 chooses, on the first seed. */
    learningRates: number[];
    /** Each seed is a run of its own. */
    seeds: number[];
  };
}

const EVALUATED: DomainName[] = ['Arts', 'Instruments', 'Pantry', 'Sports', 'Movies'];

const PROFILES: Record<string, Profile> = {
  smoke: {
    name: 'smoke',
    simulation: { world: 'calibrated', size: 'mini', seed: 1 },
    domains: ['Pantry'],
    recommender: { dim: 16, epochs: 3, patience: 3, batch: 16, dropout: 0.5, learningRates: [3e-3], seeds: [1] },
  },
  mini: {
    name: 'mini',
    simulation: { world: 'calibrated', size: 'mini', seed: 1 },
    domains: EVALUATED,
    recommender: { dim: 48, epochs: 40, patience: 4, batch: 16, dropout: 0.5, learningRates: [1e-3, 3e-3], seeds: [1, 2, 3] },
  },
};

export const PROFILE_NAMES: readonly string[] = Object.keys(PROFILES);

/** The profile of that name with overrides such as "recommender.epochs=3" applied; values are JSON. */
export function profile(name: string, overrides: readonly string[] = []): Profile {
  if (!Object.hasOwn(PROFILES, name)) throw unknownName('profile', 'profile', name, PROFILE_NAMES);
  const result = structuredClone(PROFILES[name]);
  for (const override of overrides) apply(result as unknown as Tree, override);
  return result;
}

type Tree = { [key: string]: unknown };

function apply(tree: Tree, override: string): void {
  const equals = override.indexOf('=');
  if (equals < 1) throw new InputError('--set', `expected key=value, got "${override}"`, 'For example --set recommender.epochs=3');
  const path = override.slice(0, equals).split('.');
  let node = tree;
  path.forEach((key, depth) => {
    const where = `profile ${path.slice(0, depth).join('.')}`.trim();
    if (!Object.hasOwn(node, key)) throw unknownName(where, 'key', key, Object.keys(node));
    if (depth < path.length - 1) {
      if (typeof node[key] !== 'object' || Array.isArray(node[key])) throw new InputError(where, `"${key}" has no keys of its own`);
      node = node[key] as Tree;
    }
  });
  const last = path[path.length - 1];
  node[last] = parseValue(path.join('.'), override.slice(equals + 1), node[last]);
}

function parseValue(key: string, text: string, present: unknown): unknown {
  let value: unknown;
  try {
    value = typeof present === 'string' ? text : JSON.parse(text);
  } catch {
    throw new InputError(`profile ${key}`, `expected a value like ${JSON.stringify(present)}, got "${text}"`);
  }
  const kind = (v: unknown): string => (Array.isArray(v) ? 'list' : typeof v);
  if (kind(value) !== kind(present)) {
    throw new InputError(`profile ${key}`, `expected a ${kind(present)} like ${JSON.stringify(present)}, got ${text}`);
  }
  return value;
}

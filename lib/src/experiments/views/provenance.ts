/**
 * What a profile's results depend on: data, seeds, versions. For the first cell of a notebook and the report.
 */
import { join } from 'node:path';
import { folders, libraryVersion, packageVersion } from '../../project';
import type { Experiment } from '../experiment';
import { PROFILE_NAMES, profile as namedProfile, type Profile } from '../profiles';
import { givenData } from '../tables/dataNote';
import { MANIFEST, readManifest } from '../releasedModels';
import { view, type Reader } from './view';

/** What a profile's results depend on: data, seeds, versions. */
export interface Provenance {
  readonly profile: string;
  /**
   * Values that are not those of the named profile, such as "recommender.epochs=3". As the next two absent in
   * older results files.
   */
  readonly changes?: readonly string[];
  /** Seed of LF, PT and FT. */
  readonly languageSeed?: number;
  readonly pretrainingDomains?: readonly string[];
  /**
   * Which language models come with the project, and the commit that trained them; absent if all were trained
   * for this profile.
   */
  readonly releasedModels?: string;
  readonly provider: string;
  readonly data: string;
  readonly seeds: readonly number[];
  /** Domain to fingerprint. */
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

export const provenance = view('provenance', {
  kept: () => true,
  of: (experiment) => ({
    nodes: experiment.profile.domains.map(experiment.dataset),
    make: (read) => made(experiment, read),
  }),
});

function made({ profile, dataset }: Experiment, read: Reader): Provenance {
  const { world, size, seed } = profile.simulation;
  return {
    profile: profile.name,
    changes: changes(profile),
    languageSeed: profile.language.seed,
    pretrainingDomains: profile.pretrainingDomains,
    ...(profile.given === undefined &&
      profile.language.from === 'released' && { releasedModels: released() }),
    provider: providerText(profile),
    data:
      profile.given === undefined
        ? `made-up shop, world "${world}", size "${size}", seed ${seed}`
        : givenData(profile),
    seeds: profile.recommender.seeds,
    fingerprints: Object.fromEntries(
      profile.domains.map((domain) => [domain, read(dataset(domain)).json.fingerprint]),
    ),
    versions: {
      elephant: libraryVersion(),
      'onnxruntime-node': packageVersion('onnxruntime-node') ?? 'absent',
      '@tensorflow/tfjs-core': packageVersion('@tensorflow/tfjs-core') ?? 'absent',
    },
  };
}

function providerText({ device, languageThreads, precision }: Profile): string {
  const mixed = precision === 'mixed' ? '; trained in mixed precision' : '';
  if (device !== undefined)
    return `${device.provider}, ${device.name}; cpu for what is not trained or encoded${mixed}`;
  return languageThreads === 1
    ? `cpu, one thread a stage${mixed}`
    : `cpu, ${languageThreads} threads a language stage, one any other${mixed}`;
}

function released(): string {
  const models = Object.entries(readManifest(join(folders.models, MANIFEST)));
  return (
    `${models.map(([name]) => name).join(', ')} of commit ` +
    `${[...new Set(models.map(([, { commit }]) => commit))].join(', ')}`
  );
}

/** Values that differ from the profile of that name, as `--set` takes them; where files lie is left out. */
function changes({ device: _, precision: __, own, ...profile }: Profile): string[] {
  if (!PROFILE_NAMES.includes(profile.name)) return [];
  const named = Object.fromEntries(leaves(namedProfile(profile.name, [], own)));
  return leaves(profile)
    .filter(([path, value]) => value !== named[path] && path !== 'given.data' && path !== 'given.model')
    .map(([path, value]) => `${path}=${value}`);
}

/** Every value that is not an object itself, by its path. */
function leaves(tree: object, within = ''): [path: string, value: string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const isTree = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isTree
      ? leaves(value, `${within}${key}.`)
      : [[`${within}${key}`, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
}

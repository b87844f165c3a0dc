/**
 * Opens a profile with its store: takes options that the caller leaves out from the environment, and checks
 * every option before any work.
 */
import { availableParallelism } from 'node:os';
import { ownSource } from '../data/own/files';
import type { SourceOptions } from '../data/reading/readSource';
import { deviceOf } from '../engine/providers/device';
import { checkPrecision } from '../engine/providers/precision';
import { type Precision, PROVIDERS, type ProviderName } from '../engine/types';
import { InputError, unknownName } from '../errors';
import { folders } from '../project';
import { withFolders } from './givenFolders';
import { profile as profileByName, type OwnData } from './profiles';
import { withViews, type ViewMethods } from './session';
import { StoreAnswers, type SessionOptions } from './storeAnswers';
import { Store } from '../pipeline/store';

export interface OpenOptions extends SessionOptions {
  /** Default "mini", or ELEPHANT_PROFILE. */
  readonly profile?: string;
  /** Overrides such as "recommender.epochs=3"; default ELEPHANT_SET, separated by spaces. */
  readonly set?: readonly string[];
  /**
   * Where language models and recommenders are trained and items encoded; results of other providers than the
   * CPU have keys of their own. Default "cpu", or ELEPHANT_PROVIDER.
   */
  readonly provider?: ProviderName;
  /**
   * "mixed" multiplies matrices of trainings in float16 (`createEngine`); their results have keys of their
   * own. On the CPU and CUDA. Default "single", or ELEPHANT_PRECISION.
   */
  readonly precision?: Precision;
  /** The store's folder; default data/store, or ELEPHANT_STORE. */
  readonly store?: string;
  /** Profiles on files: the folder with the Amazon reviews; default ELEPHANT_DATA. */
  readonly data?: string;
  /**
   * Profiles on files: your own data in place of the Amazon domains, a file of interactions or a folder that
   * has one. They are evaluated and pre-trained on.
   */
  readonly interactions?: string;
  /** The file of items, if it is not beside the interactions. */
  readonly items?: string;
  /** How your own files are read, as `readOwn` takes it. */
  readonly reading?: SourceOptions;
  /** Profiles on files: the language model's folder; default ELEPHANT_MODEL. */
  readonly model?: string;
}

/** A session that computes what is missing. */
export type StoreSession = StoreAnswers & ViewMethods;

/** @throws InputError if an option, or the environment in its place, is not one that can be. */
export function openProfile(options: OpenOptions = {}): StoreSession {
  const environment = process.env;
  const provider = providerNamed(options.provider ?? environment.ELEPHANT_PROVIDER ?? 'cpu');
  const precision = options.precision ?? ((environment.ELEPHANT_PRECISION || 'single') as Precision);
  checkPrecision(precision, provider);
  const here = deviceOf(provider);
  // A coordinator computes nothing: what counts is the workers' device.
  const workersDevice = options.cluster === undefined ? undefined : environment.ELEPHANT_DEVICE;
  const device = here && { ...here, name: workersDevice || here.name };
  const set = options.set ?? environment.ELEPHANT_SET?.split(' ').filter(Boolean) ?? [];
  const named = profileByName(
    options.profile ?? environment.ELEPHANT_PROFILE ?? 'mini',
    set,
    ownData(options),
  );
  const fromFiles = named.given !== undefined;
  const placed = withFolders(
    named,
    options.data ?? (fromFiles ? environment.ELEPHANT_DATA : undefined),
    options.model ?? (fromFiles ? environment.ELEPHANT_MODEL : undefined),
  );
  const profile = {
    ...placed,
    ...(device && { device }),
    ...(precision === 'mixed' && { precision }),
  };
  const workers =
    options.workers ??
    (environment.ELEPHANT_WORKERS === undefined
      ? availableParallelism()
      : Number(environment.ELEPHANT_WORKERS));
  if (!Number.isInteger(workers) || workers < 1)
    throw new InputError('open', `workers: expected a whole number of at least 1, got ${workers}`);
  const store = new Store(options.store ?? environment.ELEPHANT_STORE ?? folders.store);
  return withViews(new StoreAnswers(profile, store, { ...options, workers }));
}

function ownData({ interactions, items, reading = {} }: OpenOptions): OwnData | undefined {
  if (interactions === undefined) {
    if (items !== undefined || Object.keys(reading).length > 0)
      throw new InputError(
        items === undefined ? 'reading' : 'items',
        'expected interactions as well, got none',
      );
    return undefined;
  }
  const { name } = ownSource(interactions, items);
  return { name, interactions, ...(items !== undefined && { items }), reading };
}

function providerNamed(name: string): ProviderName {
  if (name === 'auto')
    throw new InputError(
      'provider',
      `expected one of ${PROVIDERS.join(', ')}, got "auto"`,
      'Results depend on the provider, so name it; elephant doctor lists those that work here',
    );
  if (!(PROVIDERS as readonly string[]).includes(name))
    throw unknownName('provider', 'provider', name, PROVIDERS);
  return name as ProviderName;
}

/**
 * `open()` of notebooks and scripts: a profile with its store, or a results file if the option `results` or
 * ELEPHANT_RESULTS names one (relative to the project). A results file answers everything without training.
 */
import { resolve } from 'node:path';
import { InputError, requireKnownOptions } from '../../errors';
import { projectRoot } from '../../project';
import { openProfile, type OpenOptions } from '../openProfile';
import type { Session } from '../session';
import { openResults } from './fileAnswers';

/** What to open: a profile with its store, or a results file. */
export interface OpenAnyOptions extends OpenOptions {
  /** A results file such as data/results/mini.json. */
  readonly results?: string;
}

const KNOWN: Readonly<Record<keyof OpenAnyOptions, true>> = {
  ...{ results: true, profile: true, set: true, provider: true, precision: true, store: true },
  ...{ data: true, interactions: true, items: true, reading: true, model: true },
  ...{ workers: true, signal: true, onUpdate: true, cluster: true, watch: true },
};

/**
 * @throws InputError for an unknown option, and for an option beside a results file, which would be ignored;
 * and as openProfile and openResults.
 */
export function open(options: OpenAnyOptions = {}): Session {
  requireKnownOptions('open', options, KNOWN);
  const results = options.results ?? process.env.ELEPHANT_RESULTS;
  if (results === undefined || results === '') return openProfile(options);
  const ignored = (['profile', 'set', 'data', 'interactions', 'model'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (ignored !== undefined) {
    const advice =
      options.results === undefined
        ? 'Start without ELEPHANT_RESULTS ("npm run lab" alone): missing results are then trained'
        : 'Leave out one of them';
    throw new InputError(
      `open ${ignored}`,
      `cannot be combined with the results file ${results}, whose numbers are already computed`,
      advice,
    );
  }
  return openResults(resolve(projectRoot, results));
}

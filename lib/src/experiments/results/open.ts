/**
 * `open()` of notebooks and scripts: a profile with its store, or a results file where the option `results` or
 * ELEPHANT_RESULTS names one (relative to the project), to read everything without training anything.
 */
import { resolve } from 'node:path';
import { projectRoot } from '../../project';
import { openProfile, type OpenOptions } from '../openProfile';
import type { Session } from '../session';
import { openResults } from './resultsSession';

export interface OpenAnyOptions extends OpenOptions {
  /** A results file such as data/results/mini.json. */
  readonly results?: string;
}

export function open(options: OpenAnyOptions = {}): Session {
  const results = options.results ?? process.env.ELEPHANT_RESULTS;
  return results === undefined || results === '' ? openProfile(options) : openResults(resolve(projectRoot, results));
}

/**
 * What every compiled program is fed besides the state: its inputs, scalars of the optimiser, the step number
 * and random words.
 */
import { InputError, nearest } from '../errors';
import { checkedArray } from './arrays';
import type { RandomSite } from './random';
import { fillWords, wordCount } from './random';
import { RANDOM_INPUT } from './trace/context';
import { FEED, STEP_INPUT } from './traceProgram';
import type { Feeds, HostArray, NamedSpecs } from './types';

/**
 * Checks what the caller fed against what the program declares. For an unknown input it names the nearest
 * one.
 */
export function checkedFeeds(
  program: string,
  specs: NamedSpecs,
  feeds: Feeds,
  defaults: Record<string, number> = {},
): Record<string, HostArray> {
  const known = [...Object.keys(specs), ...Object.keys(defaults)];
  for (const name of Object.keys(feeds)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new InputError(
      program,
      `expected inputs ${known.join(', ')}, got "${name}"`,
      near && `Did you mean "${near}"?`,
    );
  }
  const result: Record<string, HostArray> = {};
  for (const [name, spec] of Object.entries(specs))
    result[name] = checkedArray(`${program}, input "${name}"`, spec, feeds[name]);
  for (const [name, value] of Object.entries(defaults)) {
    result[name] = checkedArray(
      `${program}, input "${name}"`,
      { shape: [], dtype: 'float32' },
      feeds[name] ?? value,
    );
  }
  return result;
}

/** The values of an input that is no tensor of the state. `step`: the number of the step, from 1. */
export function inputValues(
  name: string,
  inputs: Record<string, HostArray>,
  step: number,
  random: RandomWords,
): HostArray {
  if (name === STEP_INPUT) return Int32Array.of(step);
  if (name === RANDOM_INPUT) return random.fill(step);
  return inputs[name.startsWith(FEED) ? name.slice(FEED.length) : name];
}

/** The words of all sites in order, written into one array that is kept between steps. */
export class RandomWords {
  readonly words: Int32Array;
  private readonly parts: Int32Array[] = [];

  constructor(
    private readonly sites: readonly RandomSite[],
    private readonly seed: number,
  ) {
    this.words = new Int32Array(sites.reduce((sum, site) => sum + wordCount(site), 0));
    let start = 0;
    for (const site of sites) this.parts.push(this.words.subarray(start, (start += wordCount(site))));
  }

  fill(step: number): Int32Array {
    this.sites.forEach((site, i) => fillWords(this.parts[i], site, this.seed, step));
    return this.words;
  }
}

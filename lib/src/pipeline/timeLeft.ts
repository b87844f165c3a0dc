/**
 * How long a run of stages will still take: what is left by its expected cost, corrected by what the run has
 * taken so far. Pure.
 */

/** One stage under way. */
export interface UnderWay {
  readonly expected: number;
  /** The share of it that is done, 0 to 1. */
  readonly share: number;
  /** Seconds since it started; undefined if unknown, and then it corrects nothing. */
  readonly elapsed?: number;
}

export interface Progress {
  /** Expected seconds of the stages that this run has computed, and the seconds that they took. */
  readonly computed: { readonly expected: number; readonly seconds: number };
  readonly running: readonly UnderWay[];
  /** Expected seconds of the stages that wait. */
  readonly waiting: number;
  /** Stages that run side by side. */
  readonly workers: number;
}

/** Until this many expected seconds are computed, the correction counts for less than the expectation. */
const TRUSTED = 20;

/** Seconds. */
export function timeLeft({ computed, running, waiting, workers }: Progress): number {
  const timed = running.filter(({ elapsed }) => elapsed !== undefined);
  const expected = timed.reduce((sum, each) => sum + each.share * each.expected, computed.expected);
  const taken = timed.reduce((sum, { elapsed = 0 }) => sum + elapsed, computed.seconds);
  const open = running.reduce((sum, each) => sum + (1 - each.share) * each.expected, waiting);
  return ((taken + TRUSTED) / (expected + TRUSTED)) * (open / Math.max(1, workers));
}

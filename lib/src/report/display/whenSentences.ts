/** What the sweeps of "When does it help?" show, in sentences with their numbers. Pure. */
import type { GainPoint, Sweep } from '../../experiments/views/whenItHelps';

/**
 * One sentence per condition that changes: what the pre-trained table gains at its ends, with the standard
 * deviation over seeds.
 * @example
 * ```ts
 * import { open, whenSentences } from 'elephant';
 * const session = open({ results: 'data/results/when.json' });
 * console.log(whenSentences(await session.whenItHelps()).join('\n'));
 * ```
 */
export function whenSentences(points: readonly GainPoint[]): string[] {
  return SENTENCES.flatMap(({ sweep, say }) => {
    const own = points
      .filter((point) => point.sweep === sweep && (sweep === 'pretraining' || point.table === 'PT'))
      .sort((a, b) => a.at - b.at);
    return own.length < 2 ? [] : [say(own[0], own[own.length - 1], own)];
  });
}

const SENTENCES: readonly {
  sweep: Sweep;
  say: (first: GainPoint, last: GainPoint, all: readonly GainPoint[]) => string;
}[] = [
  {
    sweep: 'texts',
    say: (first, last) =>
      `If no text belongs to its item, the pre-trained table (PT) changes NDCG@10 by ${gainOf(first)}; ` +
      `with every text in its place, by ${gainOf(last)}.`,
  },
  {
    sweep: 'users',
    say: (_first, last, all) => {
      const [best] = byGain(all);
      return (
        `It gains most with ${best.at.toFixed(0)} interactions per item, ${gainOf(best)}; with ` +
        `${last.at.toFixed(0)} it changes NDCG@10 by ${gainOf(last)}.`
      );
    },
  },
  {
    sweep: 'scale',
    say: (_first, _last, all) => {
      const [best, worst] = [byGain(all)[0], byGain(all).at(-1)!];
      return (
        `At the scale that suits it best, ${best.at} times the spread of random vectors, it changes ` +
        `NDCG@10 by ${gainOf(best)}; at ${worst.at} times, by ${gainOf(worst)}.`
      );
    },
  },
  {
    sweep: 'pretraining',
    say: (first, last) =>
      `Without any pre-training (LF) the table changes NDCG@10 by ${gainOf(first)}, after all of it by ` +
      `${gainOf(last)}.`,
  },
];

/** The largest first. */
function byGain(points: readonly GainPoint[]): GainPoint[] {
  return [...points].sort((a, b) => b.gain.mean - a.gain.mean);
}

/** "+3.2 % (± 1.1)". */
function gainOf({ gain: { mean, spread } }: GainPoint): string {
  const sign = mean < 0 ? '−' : '+';
  return `${sign}${Math.abs(mean).toFixed(1)} %${spread === undefined ? '' : ` (± ${spread.toFixed(1)})`}`;
}

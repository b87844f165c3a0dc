/** What the sweeps of "When does it help?" show, in sentences with their numbers. Pure. */
import type { GainPoint, Sweep } from '../../experiments/views/whenItHelps';

/**
 * One sentence per condition that changes, with every point of it: what the pre-trained table gains, and its
 * standard deviation over seeds.
 * @example
 * ```ts
 * import { open, whenSentences } from 'elephant';
 * const session = open({ results: 'data/results/when.json' });
 * console.log(whenSentences(await session.whenItHelps()).join('\n'));
 * ```
 */
export function whenSentences(points: readonly GainPoint[]): string[] {
  return SENTENCES.flatMap(({ sweep, begin, at }) => {
    const own = points
      .filter((point) => point.sweep === sweep && (sweep === 'pretraining' || point.table === 'PT'))
      .sort((a, b) => a.at - b.at);
    if (own.length < 2) return [];
    return [`${begin}. ${own.map((point) => `${at(point)}: ${gainOf(point)}`).join('; ')}.${trend(own)}`];
  });
}

const SENTENCES: readonly { sweep: Sweep; begin: string; at: (point: GainPoint) => string }[] = [
  {
    sweep: 'texts',
    begin: 'Gain in NDCG@10 from the PT table, by share of texts that stand at their own items',
    at: ({ setting }) => `${100 * setting} %`,
  },
  {
    sweep: 'users',
    begin: 'Gain from the PT table, by interactions per item',
    at: ({ at }) => at.toFixed(0),
  },
  {
    sweep: 'scale',
    begin: 'Gain from the PT table, by its scale as a multiple of the spread of random vectors',
    at: ({ at }) => String(at),
  },
  {
    sweep: 'pretraining',
    begin: 'Gain by share of pre-training (0 % is the LF table)',
    at: ({ at }) => `${at} %`,
  },
];

/** So that nobody reads a trend off the two ends. */
function trend(points: readonly GainPoint[]): string {
  const steps = points.slice(1).map(({ gain }, i) => gain.mean - points[i].gain.mean);
  if (steps.length < 2) return '';
  if (steps.every((step) => step > 0)) return ' It rises throughout.';
  if (steps.every((step) => step < 0)) return ' It falls throughout.';
  return ' It goes up and down.';
}

/** "+3.2 % (± 1.1)". */
function gainOf({ gain: { mean, spread } }: GainPoint): string {
  const sign = mean < 0 ? '−' : '+';
  return `${sign}${Math.abs(mean).toFixed(1)} %${spread === undefined ? '' : ` (± ${spread.toFixed(1)})`}`;
}

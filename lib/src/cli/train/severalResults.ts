/**
 * What `elephant train` reports for several trainings: tables for people, plain values for `--json`. Test
 * metrics are reported only for the rate that validation chose. Pure.
 */
import { type Measured, measured } from '../../experiments/measured';
import { type MetricName, type Protocol, PROTOCOLS } from '../../evaluation';
import { tableText } from '../../report/display/table';
import type { FailedRun, GridPoint, RecommenderResult } from '../../training/recommender';
import { PROTOCOL_NAMES } from './metricsTable';

export interface SeveralRuns {
  learningRate: number;
  /** Every rate tried on the first seed, in the order given; empty if there was only one. */
  search: readonly GridPoint[];
  /** At `learningRate`, in the order of the seeds; at least one has a result. */
  runs: readonly { seed: number; result: RecommenderResult | FailedRun }[];
}

/** Mean and standard deviation over the seeds that gave a result. */
export function testOverSeeds({ runs }: SeveralRuns): Record<Protocol, Record<string, Measured>> {
  const tests = trainedOf(runs).map(({ test }) => test);
  const over = (protocol: Protocol): Record<string, Measured> =>
    Object.fromEntries(
      (Object.keys(tests[0][protocol]) as MetricName[]).map((metric) => [
        metric,
        measured(tests.map((test) => test[protocol][metric])),
      ]),
    );
  return Object.fromEntries(PROTOCOLS.map((protocol) => [protocol, over(protocol)])) as Record<
    Protocol,
    Record<string, Measured>
  >;
}

/** Validation by rate if there were several, and what the test metrics are averaged over. */
export function severalHeading({ learningRate, search, runs }: SeveralRuns): string {
  const seeds = trainedOf(runs).map(({ options }) => options.seed);
  const over =
    seeds.length === 1 ? `seed ${seeds[0]}` : `mean ± standard deviation over seeds ${seeds.join(', ')}`;
  const lost = runs.length - seeds.length;
  const title =
    `learning rate ${learningRate}, ` +
    `${over}${lost === 0 ? '' : ` (${lost} of ${runs.length} seeds gave no result)`}`;
  return `${search.length === 0 ? '' : `${searchTable(search, learningRate)}\n\n`}${title}\n`;
}

function searchTable(search: readonly GridPoint[], chosen: number): string {
  const { selection, seed } = (
    search.find(({ learningRate }) => learningRate === chosen)?.result as RecommenderResult
  ).options;
  return tableText({
    caption: `validation of seed ${seed}, ${PROTOCOL_NAMES[selection]}`,
    columns: ['learning rate', 'NDCG@10', 'best epoch', 'epochs', ''],
    rows: search.map(({ learningRate, outcome, result }) => [
      learningRate,
      typeof outcome === 'number' ? outcome.toFixed(4) : '',
      result?.bestEpoch ?? '',
      result?.epochs ?? '',
      learningRate === chosen
        ? 'chosen'
        : typeof outcome === 'number'
          ? ''
          : typeof outcome === 'object'
            ? 'failed'
            : outcome,
    ]),
  });
}

/** All runs as plain values. */
export function severalSummary({ learningRate, search, runs }: SeveralRuns): object {
  return {
    learningRate,
    search: search.map(({ learningRate: rate, outcome, result }) => ({
      learningRate: rate,
      outcome,
      ...(result === undefined ? {} : described(result)),
    })),
    runs: runs.map(({ seed, result }) => ({
      seed,
      ...('failed' in result
        ? { failed: result.failed, diverged: result.diverged }
        : { ...described(result), options: result.options, test: result.test }),
    })),
  };
}

function described({
  epochs,
  bestEpoch,
  stopped,
  secondsPerEpoch,
  peakMemoryMiB,
  validation,
  againstBaselines,
}: RecommenderResult): object {
  return { epochs, bestEpoch, stopped, secondsPerEpoch, peakMemoryMiB, validation, againstBaselines };
}

function trainedOf(runs: SeveralRuns['runs']): RecommenderResult[] {
  return runs.flatMap(({ result }) => ('failed' in result ? [] : [result]));
}

/** Figure 2: how much pre-training data the item table needs (paper section 4.6). */
import type { MetricName, Metrics } from '../../evaluation';
import type { StageNode } from '../../pipeline/stage';
import { fractionColumns, percentage } from '../columns';
import type { Experiment } from '../experiment';
import { measured, type Measured } from '../measured';
import { differenceInterval, type UserInterval } from '../pairedInterval';
import { cellMetrics, tableStages } from '../tables/buildTable';
import type { PretrainFacts } from '../stages/pretrain';
import { METRICS } from '../tables/metrics';
import { userValues } from '../userValues';
import { view, type Reader } from './view';

/** One point of Figure 2. */
export interface FractionPoint {
  readonly domain: string;
  /** Share of the pre-training sequences, in percent; 0 is the language model alone. */
  readonly percent: number;
  readonly sequences: number;
  /** Up to the epoch whose weights were kept. */
  readonly updates: number;
  /** Percentages, by metric as the paper names it ("H@5"). */
  readonly values: Readonly<Record<string, Measured>>;
  /**
   * By metric: 95 % interval over users of the distance from 0 %, in points; absent at 0 %, and in results of
   * before it was kept.
   */
  readonly above?: Readonly<Record<string, UserInterval>>;
}

export const figure2 = view('figure2', {
  kept: ({ tables }) => tables.includes('figure2'),
  of: (experiment) => ({
    nodes: tableStages(experiment, 'figure2'),
    make: (read) =>
      experiment.profile.fractionDomains.flatMap((domain) =>
        fractionColumns(experiment.profile).map((column): FractionPoint => {
          const cell = { table: 'figure2', domain, column } as const;
          const metrics = cellMetrics(experiment, cell, read) ?? [];
          const percent = Number(column);
          const { sequences, updates } =
            percent === 0
              ? { sequences: 0, updates: 0 }
              : behind(read(experiment.pt({ fraction: percent / 100 })).json);
          const values = valuesOf(metrics);
          if (percent === 0) return { domain, percent, sequences, updates, values };
          const above = aboveNone(experiment, domain, experiment.cell(cell) ?? [], read);
          return { domain, percent, sequences, updates, values, above };
        }),
      ),
  }),
});

/**
 * Figure 2's points for shares pre-trained with as many updates as all sequences have (D40): is it the data
 * or the updates?
 */
export const equalUpdates = view('equalUpdates', {
  kept: (profile) => profile.equalUpdates.length > 0,
  of: (experiment) => {
    const points = experiment.profile.fractionDomains.flatMap((domain) =>
      experiment.profile.equalUpdates.map((share) => {
        const model = experiment.pt({ fraction: share, equalUpdates: true });
        const name = `PT ${percentage(share)} %, equal updates`;
        const runs = experiment.recommenders(domain, {
          backbone: 'SASRec',
          variant: 'trainable',
          table: { node: experiment.encodedTable(domain, model, name), name },
        });
        return { domain, percent: Number(percentage(share)), model, runs };
      }),
    );
    return {
      nodes: points.flatMap(({ domain, model, runs }) => [
        model,
        ...runs,
        ...withoutPretraining(experiment, domain),
      ]),
      make: (read) =>
        points.map(({ domain, percent, model, runs }): FractionPoint => {
          const { sequences, updates } = behind(read(model).json);
          const values = valuesOf(runs.map((run) => read(run).json.test.sampled));
          const above = aboveNone(experiment, domain, runs, read);
          return { domain, percent, sequences, updates, values, above };
        }),
    };
  },
});

/** Sequences, and updates up to the epoch that was kept; each epoch has as many. */
function behind({
  sequences,
  updates,
  bestEpoch,
  log,
}: PretrainFacts): Pick<FractionPoint, 'sequences' | 'updates'> {
  return { sequences, updates: Math.round((updates * bestEpoch) / log.length) };
}

/** The paper's shares, in percent (section 4.6). */
const PRINTED = [0.01, 0.1, 1, 2, 10, 20, 50, 100] as const;
/** Fewer sequences than this are not half a batch: nothing is learnt from them. */
const FEWEST = 8;

/**
 * The paper's shares that would leave fewer than 8 of this profile's sequences: out of reach, and said so
 * beside the figure.
 */
export const sharesOutOfReach = view('sharesOutOfReach', {
  kept: ({ tables }) => tables.includes('figure2'),
  of: (experiment) => ({
    nodes: [experiment.pt()],
    make: (read): { percent: number; sequences: number }[] => {
      const { sequences } = read(experiment.pt()).json;
      return PRINTED.map((percent) => ({
        percent,
        sequences: Math.round((sequences * percent) / 100),
      })).filter((share) => share.sequences < FEWEST);
    },
  }),
});

/** The runs at 0 %. */
function withoutPretraining(experiment: Experiment, domain: string): StageNode[] {
  return experiment.cell({ table: 'figure2', domain, column: '0' }) ?? [];
}

/** Undefined if the profile has no Figure 2, and so no runs at 0 %. */
function aboveNone(
  experiment: Experiment,
  domain: string,
  runs: readonly StageNode[],
  read: Reader,
): Record<string, UserInterval> | undefined {
  const none = withoutPretraining(experiment, domain);
  if (none.length === 0) return undefined;
  const percents = (of: readonly StageNode[], metric: MetricName): Float64Array =>
    userValues(of, read, 'sampled', metric).map((value) => 100 * value);
  return Object.fromEntries(
    Object.entries(METRICS).map(([name, metric]) => [
      name,
      differenceInterval(percents(runs, metric), percents(none, metric)),
    ]),
  );
}

function valuesOf(runs: readonly Metrics[]): Record<string, Measured> {
  return Object.fromEntries(
    Object.entries(METRICS).map(([name, key]) => [name, measured(runs.map((metrics) => 100 * metrics[key]))]),
  );
}

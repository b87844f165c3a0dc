/**
 * Beyond the paper: what an item table gains SASRec over the random one, trained further, as one condition
 * changes and the others stay. The conditions are how much texts say about behaviour, how many users there
 * are, the table's scale, and how much the language model was pre-trained. The fixed values are the
 * calibrated shop, the scale of the random table, and all of pre-training. Only in the simulated shop, whose
 * conditions can be set.
 */
import type { StageNode } from '../../pipeline/stage';
import { controlOf, type TableSource } from '../chain/itemTables';
import { percentage } from '../columns';
import { experiment as experimentOf, type Experiment } from '../experiment';
import { measured, type Measured } from '../measured';
import type { Profile } from '../profiles';
import type { DatasetFacts } from '../stages/storedDataset';
import type { TestFacts } from '../stages/storedEvaluation';
import { view, type Reader } from './view';

/** What changes. */
export const SWEEPS = ['texts', 'users', 'scale', 'pretraining'] as const;
export type Sweep = (typeof SWEEPS)[number];

/** What one table gains under one condition. */
export interface GainPoint {
  readonly sweep: Sweep;
  readonly domain: string;
  /**
   * The condition. texts: NDCG@10 of the frozen lexical table as a share of the random table's, both measured
   * there; users: interactions per item; scale: spread of the table's entries as a multiple of the random
   * table's; pretraining: share of the pre-training sequences, in percent.
   */
  readonly at: number;
  /** As the profile sets it: share of texts kept, times as many users, multiple of the spread, percent. */
  readonly setting: number;
  readonly table: TableSource;
  readonly users: number;
  /** Test NDCG@10 among 100 sampled negatives, per seed. */
  readonly ours: Measured;
  readonly random: Measured;
  /** In percent of the random table's, per seed. */
  readonly gain: Measured;
}

type Runs = readonly StageNode<TestFacts>[];

/** A point before its stages have run. */
interface Planned extends Pick<GainPoint, 'sweep' | 'setting' | 'table'> {
  readonly dataset: StageNode<DatasetFacts>;
  readonly runs: Runs;
  readonly random: Runs;
  /** Runs of the frozen lexical table, if the condition is measured by them. */
  readonly frozen?: Runs;
}

const TABLES: readonly TableSource[] = ['LF', 'PT', 'lexical'];
/** Those whose scale is changed. */
const SCALED: readonly TableSource[] = ['PT', 'lexical'];

/** Whether a profile changes one condition at a time. Older results files have no word about it. */
export function hasSweeps({ sweeps }: Pick<Partial<Profile>, 'sweeps'>): boolean {
  return sweeps !== undefined && sweeps.textsKept.length + sweeps.users.length + sweeps.scales.length > 0;
}

export const whenItHelps = view('whenItHelps', {
  kept: hasSweeps,
  of: (experiment) => {
    const points = [...texts(experiment), ...users(experiment), ...scales(experiment), ...shares(experiment)];
    return {
      nodes: points.flatMap(({ dataset, runs, random, frozen = [] }) => [
        dataset,
        ...runs,
        ...random,
        ...frozen,
      ]),
      make: (read) => points.map((point) => gainPoint(experiment.profile, point, read)),
    };
  },
});

function texts(experiment: Experiment): Planned[] {
  const { domain, textsKept } = experiment.profile.sweeps;
  return textsKept.flatMap((setting) => {
    const there = changed(experiment, { textsKept: setting });
    return TABLES.map((table) => ({
      ...planned('texts', setting, there, table),
      // Random vectors know nothing of texts.
      random: base(experiment),
      frozen: there.recommenders(domain, {
        backbone: 'SASRec',
        variant: 'freeze',
        table: { node: there.itemTable(domain, 'lexical'), name: 'lexical' },
      }),
    }));
  });
}

function users(experiment: Experiment): Planned[] {
  return experiment.profile.sweeps.users.flatMap((setting) => {
    const there = changed(experiment, { users: setting });
    return TABLES.map((table) => planned('users', setting, there, table));
  });
}

function scales(experiment: Experiment): Planned[] {
  const { domain, scales: settings } = experiment.profile.sweeps;
  return settings.flatMap((setting) =>
    SCALED.map((table) => ({
      ...planned('scale', setting, experiment, table),
      runs: trained(experiment, experiment.itemTable(domain, table), table, setting),
    })),
  );
}

/** Shares of pre-training; none is LF. */
function shares(experiment: Experiment): Planned[] {
  const { pretrain, sweeps } = experiment.profile;
  const models = [
    { percent: '0', model: experiment.lf(), table: 'LF' as const },
    ...pretrain.fractions.map((fraction) => ({
      percent: percentage(fraction),
      model: experiment.pt({ fraction }),
      table: 'PT' as const,
    })),
    { percent: '100', model: experiment.pt(), table: 'PT' as const },
  ];
  return models.map(({ percent, model, table }) => {
    const name = percent === '0' || percent === '100' ? table : `PT ${percent} %`;
    const node = experiment.encodedTable(sweeps.domain, model, name);
    return {
      ...planned('pretraining', Number(percent), experiment, table),
      runs: trained(experiment, node, name),
    };
  });
}

/** The experiment with something else in the shop. */
function changed({ profile }: Experiment, change: Partial<Profile['simulation']>): Experiment {
  return experimentOf({ ...profile, simulation: { ...profile.simulation, ...change } });
}

function planned(sweep: Sweep, setting: number, there: Experiment, table: TableSource): Planned {
  const { domain } = there.profile.sweeps;
  return {
    sweep,
    setting,
    table,
    dataset: there.dataset(domain),
    runs: trained(there, there.itemTable(domain, table), table),
    random: base(there),
  };
}

/** From the table at a multiple of the random one's spread. */
function trained(there: Experiment, table: StageNode, source: string, times = 1): Runs {
  const { domain } = there.profile.sweeps;
  return there.recommenders(domain, {
    backbone: 'SASRec',
    variant: 'trainable',
    table: {
      node: controlOf(table, source, domain, 'rescaled', times),
      name: `${source} rescaled${times === 1 ? '' : ` to ${times}`}`,
    },
  });
}

function base(there: Experiment): Runs {
  return there.recommenders(there.profile.sweeps.domain, { backbone: 'SASRec', variant: 'base' });
}

function gainPoint({ sweeps }: Profile, point: Planned, read: Reader): GainPoint {
  const { sweep, setting, table } = point;
  const values = (runs: Runs): number[] => runs.map((run) => read(run).json.test.sampled['NDCG@10']);
  const [ours, random] = [values(point.runs), values(point.random)];
  const { users, items, interactions } = read(point.dataset).json.statistics;
  const at = {
    texts: () => measured(values(point.frozen ?? [])).mean / measured(random).mean,
    users: () => interactions / items,
    scale: () => setting,
    pretraining: () => setting,
  }[sweep]();
  return {
    sweep,
    domain: sweeps.domain,
    at,
    setting,
    table,
    users,
    ours: measured(ours),
    random: measured(random),
    gain: measured(ours.map((value, seed) => 100 * (value / random[seed] - 1))),
  };
}

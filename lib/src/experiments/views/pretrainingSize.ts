/** Figure 2: how much pre-training data the item table needs (paper section 4.6). Called by Session. */
import type { Metrics, Protocol } from '../../evaluation';
import { fractionColumns, percentage } from '../cells';
import { measured, type Measured } from '../measured';
import { encodedNode, pretrainNode, recommenderNodes } from '../nodes';
import type { Profile } from '../profiles';
import type { PretrainJson } from '../stages/pretrain';
import { cellMetrics, METRICS } from '../tables';
import { nodesOf } from './paperTables';
import type { View } from './view';

/** One point of Figure 2. */
export interface FractionPoint {
  readonly domain: string;
  /** Share of the pre-training sequences, in percent; 0 is the language model alone. */
  readonly percent: number;
  readonly sequences: number;
  readonly updates: number;
  /** Percentages, by metric as the paper names it ("H@5"). */
  readonly values: Readonly<Record<string, Measured>>;
}

export function pretrainingSize(profile: Profile): View<FractionPoint[]> {
  return {
    nodes: nodesOf(profile, 'figure2'),
    make: (read) =>
      profile.fractionDomains.flatMap((domain) =>
        fractionColumns(profile).map((column): FractionPoint => {
          const metrics = cellMetrics(profile, { table: 'figure2', domain, column }, read) ?? [];
          const percent = Number(column);
          const facts =
            percent === 0
              ? { sequences: 0, updates: 0 }
              : (read(pretrainNode(profile, { fraction: percent / 100 })).json as unknown as PretrainJson);
          return {
            domain,
            percent,
            sequences: facts.sequences,
            updates: facts.updates,
            values: valuesOf(metrics),
          };
        }),
      ),
  };
}

/**
 * Figure 2's points where a share is pre-trained with as many updates as all sequences have (D40): is it the
 * data or the updates?
 */
export function equalUpdates(profile: Profile): View<FractionPoint[]> {
  const points = profile.fractionDomains.flatMap((domain) =>
    profile.equalUpdates.map((share) => {
      const model = pretrainNode(profile, { fraction: share, equalUpdates: true });
      const name = `PT ${percentage(share)} %, equal updates`;
      const runs = recommenderNodes(profile, domain, {
        backbone: 'SASRec',
        variant: 'trainable',
        table: { node: encodedNode(profile, domain, model, name), name },
      });
      return { domain, percent: Number(percentage(share)), model, runs };
    }),
  );
  return {
    nodes: points.flatMap(({ model, runs }) => [model, ...runs]),
    make: (read) =>
      points.map(({ domain, percent, model, runs }): FractionPoint => {
        const { sequences, updates } = read(model).json as unknown as PretrainJson;
        return {
          domain,
          percent,
          sequences,
          updates,
          values: valuesOf(
            runs.map(
              (run) => (read(run).json as unknown as { test: Record<Protocol, Metrics> }).test.sampled,
            ),
          ),
        };
      }),
  };
}

/** The paper's shares, in percent (section 4.6). */
const PRINTED = [0.01, 0.1, 1, 2, 10, 20, 50, 100] as const;
/** Fewer sequences than this are not half a batch: nothing is learnt from them. */
const FEWEST = 8;

/**
 * The paper's shares that would leave fewer than 8 of this profile's sequences: out of reach, and said so
 * beside the figure.
 */
export function sharesOutOfReach(profile: Profile): View<{ percent: number; sequences: number }[]> {
  const whole = pretrainNode(profile);
  return {
    nodes: [whole],
    make: (read) => {
      const { sequences } = read(whole).json as unknown as PretrainJson;
      return PRINTED.map((percent) => ({
        percent,
        sequences: Math.round((sequences * percent) / 100),
      })).filter((share) => share.sequences < FEWEST);
    },
  };
}

function valuesOf(runs: readonly Metrics[]): Record<string, Measured> {
  return Object.fromEntries(
    Object.entries(METRICS).map(([name, key]) => [name, measured(runs.map((metrics) => 100 * metrics[key]))]),
  );
}

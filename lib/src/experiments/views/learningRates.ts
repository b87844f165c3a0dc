/**
 * How much SASRec depends on its learning rate: each rate's best validation NDCG@10 on the first seed, from
 * the search over the grid. If the grid is a single rate, this view trains others on a few domains, each in a
 * run of its own.
 */
import type { Experiment } from '../experiment';
import type { Profile } from '../profiles';
import { table3Recommenders } from '../tables/table3Runs';
import { userCount } from '../userValues';
import { CURVES } from './trainingCurves';
import { view } from './view';

export interface RateSearch {
  readonly domain: string;
  /** Column of Table 3. */
  readonly column: string;
  /** In ascending order of rate; null if training diverged. */
  readonly rates: readonly { readonly learningRate: number; readonly validation: number | null }[];
  /** The best by validation; of a grid, the rate that all seeds use. */
  readonly chosen: number;
  /** How many users validation ranks; absent in results that were written before it was kept. */
  readonly users?: number;
}

/** Where more than one rate is trained. */
export function rateDomains({
  recommender: { learningRates, sensitivity },
  tables,
  backbones,
  domains,
  beyond,
}: Profile): readonly string[] {
  if (!tables.includes('table3') || !backbones.includes('SASRec')) return [];
  return learningRates.SASRec.length > 1 ? domains : sensitivity.length > 1 ? beyond : [];
}

/** The columns shown if none are named: only two if each rate is a training of its own. */
function rateColumns({ recommender: { learningRates } }: Profile): readonly string[] {
  return learningRates.SASRec.length > 1 ? CURVES : ['SAS', 'trainable.FT'];
}

/** `columns` of Table 3 (SASRec). */
export const learningRates = view('learningRates', {
  args: (
    profile,
    domain: string = rateDomains(profile)[0] ?? profile.domains[0],
    columns: readonly string[] = rateColumns(profile),
  ) => [domain, columns] as const,
  kept: (profile, ask) =>
    rateDomains(profile).flatMap((domain) => rateColumns(profile).map((column) => ask(domain, [column]))),
  byColumn: true,
  of: (experiment, domain, columns) => {
    const searches = columns.map((column) => ({
      column,
      nodes: searching(experiment).map(
        (each) => table3Recommenders('learningRates', each, domain, column)[0],
      ),
    }));
    return {
      nodes: searches.flatMap(({ nodes }) => nodes),
      make: (read) =>
        searches.map(({ column, nodes }): RateSearch => {
          const rates = nodes
            .flatMap((node) => read(node).json.search)
            .sort((a, b) => a.learningRate - b.learningRate);
          const best = rates.reduce((a, b) =>
            (b.validation ?? -Infinity) > (a.validation ?? -Infinity) ? b : a,
          );
          return { domain, column, rates, chosen: best.learningRate, users: userCount(nodes[0], read) };
        }),
    };
  },
});

/** The experiment if it has a grid, or no other rates to try; else one for each rate, its own among them. */
function searching(experiment: Experiment): Experiment[] {
  const { recommender } = experiment.profile;
  const { learningRates: own, sensitivity, seeds } = recommender;
  if (own.SASRec.length > 1 || sensitivity.length < 2) return [experiment];
  return sensitivity.map((rate) =>
    experiment.with({
      recommender: { ...recommender, learningRates: { ...own, SASRec: [rate] }, seeds: [seeds[0]] },
    }),
  );
}

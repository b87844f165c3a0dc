/**
 * How much SASRec depends on its learning rate: each rate's best validation NDCG@10 on the first seed, as the
 * search over the grid saw it. Where the grid is one rate, others are trained for this view on a few domains,
 * each a run of its own. Pure; called by Session.
 */
import type { Profile } from '../profiles';
import type { RecommenderJson } from '../stages/recommender';
import { CURVES, recommenderRuns } from './trainingCurves';
import type { View } from './view';

export interface RateSearch {
  readonly domain: string;
  /** Column of Table 3. */
  readonly column: string;
  /** In ascending order of rate; null where training diverged. */
  readonly rates: readonly { readonly learningRate: number; readonly validation: number | null }[];
  /** The best by validation; of a grid, the rate that all seeds use. */
  readonly chosen: number;
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

/** Columns where none are named; two where each rate is a training of its own. */
export function rateColumns({ recommender: { learningRates } }: Profile): readonly string[] {
  return learningRates.SASRec.length > 1 ? CURVES : ['SAS', 'trainable.FT'];
}

/** `columns` of Table 3 (SASRec). */
export function learningRates(
  profile: Profile,
  domain: string,
  columns: readonly string[],
): View<RateSearch[]> {
  const searches = columns.map((column) => ({
    column,
    nodes: searching(profile).map((each) => recommenderRuns('learningRates', each, domain, column)[0]),
  }));
  return {
    nodes: searches.flatMap(({ nodes }) => nodes),
    make: (read) =>
      searches.map(({ column, nodes }) => {
        const rates = nodes
          .flatMap((node) => (read(node).json as unknown as RecommenderJson).search)
          .sort((a, b) => a.learningRate - b.learningRate);
        const best = rates.reduce((a, b) =>
          (b.validation ?? -Infinity) > (a.validation ?? -Infinity) ? b : a,
        );
        return { domain, column, rates, chosen: best.learningRate };
      }),
  };
}

/** The profile where it has a grid, or no other rates to try; else one for each rate, its own among them. */
function searching(profile: Profile): Profile[] {
  const { learningRates: own, sensitivity, seeds } = profile.recommender;
  if (own.SASRec.length > 1 || sensitivity.length < 2) return [profile];
  return sensitivity.map((rate) => ({
    ...profile,
    recommender: { ...profile.recommender, learningRates: { ...own, SASRec: [rate] }, seeds: [seeds[0]] },
  }));
}

/** What the search over learning rates saw: each rate's best validation NDCG@10 on the first seed. Pure; called by Session. */
import type { Profile } from '../profiles';
import type { RecommenderJson } from '../stages/recommender';
import { table3Nodes } from './trainingCurves';
import type { View } from './view';

export interface RateSearch {
  readonly domain: string;
  /** Column of Table 3. */
  readonly column: string;
  /** In ascending order of rate; null where training diverged. */
  readonly rates: readonly { readonly learningRate: number; readonly validation: number | null }[];
  /** The rate that all seeds use. */
  readonly chosen: number;
}

/** `columns` of Table 3 (SASRec). */
export function learningRates(profile: Profile, domain: string, columns: readonly string[]): View<RateSearch[]> {
  const firsts = columns.map((column) => ({ column, node: table3Nodes('learningRates', profile, domain, column)[0] }));
  return {
    nodes: firsts.map(({ node }) => node),
    make: (read) => firsts.map(({ column, node }) => {
      const { search, learningRate } = read(node).json as unknown as RecommenderJson;
      return { domain, column, rates: [...search].sort((a, b) => a.learningRate - b.learningRate), chosen: learningRate };
    }),
  };
}

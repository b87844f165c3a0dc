/**
 * How far a single training can be trusted: a few columns of Table 3 (SASRec) trained with many seeds, beyond
 * the few that the table has. All share the item tables.
 */
import { rankingMetrics } from '../../evaluation';
import { measured, type Measured } from '../measured';
import type { Profile } from '../profiles';
import { storedRanks } from '../stages/storedEvaluation';
import { table3Runs } from '../tables/table3Runs';
import { view } from '../views/view';

/** A cell of Table 3, trained with many seeds. */
export interface ManySeeds {
  readonly domain: string;
  readonly column: string;
  /** Test NDCG@10 in %, among the sampled items; a value per seed, in the same order for all columns. */
  readonly ndcg: Measured;
}

/** Whether the profile has such cells: it asks for them, and has Table 3 (SASRec) on their domain. */
export function hasManySeeds({ manySeeds, domains, tables, backbones }: Profile): boolean {
  if (manySeeds === undefined || manySeeds.seeds === 0) return false;
  return tables.includes('table3') && backbones.includes('SASRec') && domains.includes(manySeeds.domain);
}

/** An entry per column; none if the profile has no such cells. */
export const manySeeds = view('manySeeds', {
  kept: hasManySeeds,
  of: (experiment) => {
    const { manySeeds: asked, recommender } = experiment.profile;
    if (asked === undefined || !hasManySeeds(experiment.profile))
      return { nodes: [], make: (): ManySeeds[] => [] };
    const { domain, columns } = asked;
    const seeds = Array.from({ length: asked.seeds }, (_, i) => i + 1);
    const seeded = experiment.with({ recommender: { ...recommender, seeds } });
    const cells = columns.map((column) => ({
      column,
      nodes: table3Runs('manySeeds', seeded, domain, column),
    }));
    return {
      nodes: cells.flatMap(({ nodes }) => nodes),
      make: (read): ManySeeds[] =>
        cells.map(({ column, nodes }) => ({
          domain,
          column,
          ndcg: measured(
            nodes.map((node) => 100 * rankingMetrics(storedRanks(read(node), 'sampled'))['NDCG@10']),
          ),
        })),
    };
  },
});

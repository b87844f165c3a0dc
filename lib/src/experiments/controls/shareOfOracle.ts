/**
 * How much of the possible each column of Table 3 reaches on simulated data: its NDCG@10 divided by the
 * oracle's, on the same users and candidates.
 */
import { InputError } from '../../errors';
import type { Experiment } from '../experiment';
import { measured, type ComparisonTable } from '../measured';
import type { Backbone } from '../profiles';
import { backboneArgs } from '../tables/backbone';
import { cellMetrics } from '../tables/buildTable';
import { table3Columns } from '../tables/table3';
import { view, type Recipe } from '../views/view';

/** @throws InputError on given data, which have no oracle. */
export const shareOfOracle = view('shareOfOracle', {
  args: (_, backbone?: Backbone) => backboneArgs('shareOfOracle', backbone),
  kept: ({ given, backbones, tables }, ask) =>
    given === undefined && tables.includes('table3') ? backbones.map((backbone) => ask(backbone)) : [],
  of: recipe,
});

function recipe(experiment: Experiment, backbone: Backbone): Recipe<ComparisonTable> {
  const { profile } = experiment;
  const oracles = profile.domains.flatMap((domain) => experiment.oracle(domain) ?? []);
  if (profile.given !== undefined)
    throw new InputError(
      'share of the oracle',
      `profile ${profile.name} is on given data, whose distribution is unknown`,
      'Only simulated data have an oracle',
    );
  const columns = table3Columns(backbone);
  const cell = (domain: string, column: string) => ({ table: 'table3', backbone, domain, column }) as const;
  return {
    nodes: [
      ...oracles,
      ...profile.domains.flatMap((domain) =>
        columns.flatMap(({ id }) => experiment.cell(cell(domain, id)) ?? []),
      ),
    ],
    make: (read) => ({
      id: `share-of-oracle-${backbone}`,
      title: `${backbone}: NDCG@10 by the oracle's, 100 sampled negatives`,
      unit: '%',
      columns,
      rows: profile.domains.map((domain, i) => {
        const best = read(oracles[i]).json.test.sampled['NDCG@10'];
        return {
          dataset: domain,
          metric: 'N@10',
          cells: Object.fromEntries(
            columns.map(({ id }) => [
              id,
              {
                ours: measured(
                  (cellMetrics(experiment, cell(domain, id), read) ?? []).map(
                    (metrics) => (100 * metrics['NDCG@10']) / best,
                  ),
                ),
              },
            ]),
          ),
        };
      }),
      notes: [
        'The oracle ranks by the distribution that the data were drawn from, so 100 % is what can be ' +
          'expected of a perfect model; on few users chance may give more.',
      ],
    }),
  };
}

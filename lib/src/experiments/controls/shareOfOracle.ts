/**
 * How much of what can be known each column of Table 3 gets, on simulated data: its NDCG@10 by the oracle's,
 * on the same users and candidates.
 */
import { InputError } from '../../errors';
import type { Metrics, Protocol } from '../../evaluation';
import { cellNodes } from '../cells';
import { measured, type ComparisonTable } from '../measured';
import { oracleNode } from '../nodes';
import type { Backbone, Profile } from '../profiles';
import { cellMetrics, table3Columns } from '../tables';
import type { View } from '../views/view';

/** @throws InputError on given data, which have no oracle. */
export function shareOfOracle(profile: Profile, backbone: Backbone): View<ComparisonTable> {
  if (profile.given !== undefined)
    throw new InputError(
      'share of the oracle',
      `profile ${profile.name} is on given data, whose distribution nobody knows`,
      'Only simulated data have an oracle',
    );
  const columns = table3Columns(backbone);
  const cell = (domain: string, column: string) => ({ table: 'table3', backbone, domain, column }) as const;
  return {
    nodes: profile.domains.flatMap((domain) => [
      oracleNode(profile, domain),
      ...columns.flatMap(({ id }) => cellNodes(profile, cell(domain, id)) ?? []),
    ]),
    make: (read) => ({
      id: `share-of-oracle-${backbone}`,
      title: `${backbone}: NDCG@10 by the oracle's, 100 sampled negatives`,
      unit: '%',
      columns,
      rows: profile.domains.map((domain) => {
        const { test } = read(oracleNode(profile, domain)).json as unknown as {
          test: Record<Protocol, Metrics>;
        };
        const best = test.sampled['NDCG@10'];
        return {
          dataset: domain,
          metric: 'N@10',
          cells: Object.fromEntries(
            columns.map(({ id }) => [
              id,
              {
                ours: measured(
                  (cellMetrics(profile, cell(domain, id), read) ?? []).map(
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

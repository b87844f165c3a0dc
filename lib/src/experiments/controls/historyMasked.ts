/**
 * Full ranking with the items of the history left out of the candidates: Table 4's runs and Table 3's, from
 * their stored ranks. Nothing is computed anew.
 */
import { cellNodes } from '../cells';
import type { ComparisonTable } from '../measured';
import type { Profile } from '../profiles';
import type { View } from '../views/view';
import { columnsTable } from './columnsTable';

export function historyMasked(profile: Profile): View<ComparisonTable> {
  const full = profile.tables.includes('table4');
  const table = full ? 'table4' : 'table3';
  const columns: readonly (readonly [string, string])[] = full
    ? [
        ['REC', 'REC'],
        ['SAS', 'SAS'],
        ['FT', 'FT'],
      ]
    : [
        ['REC', 'REC'],
        ['SAS', 'SAS'],
        ['trainable.FT', 'FT'],
      ];
  return columnsTable({
    id: 'history-masked',
    title: 'Full ranking over the items that the user has not had',
    domains: profile.domains,
    protocol: 'fullMasked',
    columns: columns.map(([column, label]) => ({
      id: label,
      label,
      nodes: (domain) => cellNodes(profile, { table, domain, column }) ?? [],
    })),
    notes: [
      full
        ? 'The runs of Table 4, selected by full ranking with the history among the candidates (as the ' +
          'authors rank).'
        : 'The runs of Table 3, selected with 100 sampled negatives.',
      'A target that the user has had before stays a candidate.',
    ],
  });
}

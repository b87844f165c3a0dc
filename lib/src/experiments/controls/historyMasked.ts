/**
 * Full ranking with the history's items left out of the candidates, for the runs of Tables 3 and 4. From
 * stored ranks; nothing is computed again.
 */
import type { Experiment } from '../experiment';
import type { ComparisonTable } from '../measured';
import { view, type Recipe } from '../views/view';
import { columnsTable } from './columnsTable';

export const historyMasked = view('historyMasked', {
  kept: ({ beyond }) => beyond.length > 0,
  of: recipe,
});

function recipe({ profile, cell }: Experiment): Recipe<ComparisonTable> {
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
      runs: (domain) => cell({ table, domain, column }) ?? [],
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

/** Table 4: full ranking. */
import type { Experiment } from '../experiment';
import type { ComparisonTable } from '../measured';
import { paperTables } from '../paper';
import { view, type Reader } from '../views/view';
import { buildTable, tableStages } from './buildTable';
import { dataNote } from './dataNote';
import { WITH_50 } from './metrics';

export const table4 = view('table4', {
  kept: ({ tables }) => tables.includes('table4'),
  of: (experiment) => ({
    nodes: tableStages(experiment, 'table4'),
    make: (read) => made(experiment, read),
  }),
});

function made(experiment: Experiment, read: Reader): ComparisonTable {
  const { profile } = experiment;
  return buildTable(experiment, read, {
    id: 'table4',
    title: 'Table 4: full ranking over all items',
    domains: profile.domains,
    metrics: WITH_50,
    withBaselines: true,
    columns: [
      { id: 'REC', label: 'REC' },
      { id: 'SAS', label: 'SAS' },
      { id: 'FT', label: 'FT' },
    ],
    paper: (row, metric) => paperTables().table4[row]?.[metric],
    notes: [
      'REC is selected by full ranking from the same fine-tuning as that of Table 3, which continues ' +
        'until neither protocol improves or the last epoch allowed is over. FT is SASRec with the ' +
        'trainable FT table. Full ranking comes with the softmax loss for SASRec, as in the ' +
        "authors' code (D12), and selects by full ranking. Items of the history stay candidates.",
      dataNote(profile),
    ],
  });
}

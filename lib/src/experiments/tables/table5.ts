/** Table 5: further cooperations. */
import type { Experiment } from '../experiment';
import type { ComparisonTable, TableColumn } from '../measured';
import { paperTables } from '../paper';
import { view, type Reader } from '../views/view';
import { buildTable, tableStages } from './buildTable';
import { dataNote } from './dataNote';

export const table5 = view('table5', {
  kept: ({ tables }) => tables.includes('table5'),
  of: (experiment) => ({
    nodes: tableStages(experiment, 'table5'),
    make: (read) => made(experiment, read),
  }),
});

function made(experiment: Experiment, read: Reader): ComparisonTable {
  const { profile } = experiment;
  const withID = (name: string): TableColumn => ({
    id: `withID.${name}`,
    label: name,
    group: 'SASRec with ID',
  });
  return buildTable(experiment, read, {
    id: 'table5',
    title: 'Table 5: further cooperations, 100 sampled negatives',
    domains: profile.withID,
    columns: [
      { id: 'SAS', label: 'SAS' },
      withID('LF'),
      withID('PT'),
      withID('FT'),
      { id: 'REC', label: 'REC' },
      { id: 'REC.trainable', label: 'REC trainable' },
    ],
    paper: (row, metric) => paperTables().table5[row]?.[metric],
    notes: [
      'With ID: a trainable random table plus the fixed table of the language model, summed (D39).',
      'REC trainable: from the end of the same FT1 as REC, its item table trained in FT2 as well (D37).',
      dataNote(profile),
    ],
  });
}

/** Table 2: the datasets. */
import type { DatasetStatistics } from '../../data/statistics';
import type { Experiment } from '../experiment';
import { measured, type ComparisonTable, type TableCell, type TableRow } from '../measured';
import { paperTables } from '../paper';
import { view, type Reader } from '../views/view';

/** Statistics of the data, computed (Table 2). Counts, not percentages. */
export const table2 = view('table2', {
  kept: () => true,
  of: (experiment) => ({
    nodes: experiment.domains().map(experiment.dataset),
    make: (read) => made(experiment, read),
  }),
});

function made(experiment: Experiment, read: Reader): ComparisonTable {
  const columns: [id: string, label: string, value: (statistics: DatasetStatistics) => number][] = [
    ['users', '# User', (s) => s.users],
    ['items', '# Item', (s) => s.items],
    ['interactions', '# Interactions', (s) => s.interactions],
    ['avgLen', 'Avg. len', (s) => s.averageLength],
    ['evaluationUsers', 'Evaluated users', (s) => s.evaluationUsers],
  ];
  const rows = experiment.domains().map((domain): TableRow => {
    const { statistics } = read(experiment.dataset(domain)).json;
    const printed = paperTables().table2[domain];
    const cells = columns.map(([id, , value]): [string, TableCell] => [
      id,
      { ours: measured([value(statistics)]), paper: printed?.[id] ?? undefined },
    ]);
    return { dataset: domain, metric: '', cells: Object.fromEntries(cells) };
  });
  return {
    id: 'table2',
    title: 'Table 2: statistics of the data',
    unit: '',
    rows,
    columns: columns.map(([id, label]) => ({ id, label })),
    notes: [
      experiment.profile.given === undefined
        ? "The embedded domains are those of a made-up shop. They have the names and roles of the paper's " +
          `domains, ${timesFewer(rows, 'users')} fewer users and ${timesFewer(rows, 'items')} fewer items.`
        : "The files given, after the profile's filters.",
    ],
  };
}

/** "16 to 219 times": the paper's count by ours, of the domains that the paper has. */
function timesFewer(rows: readonly TableRow[], column: string): string {
  const ratios = rows.flatMap(({ cells: { [column]: cell } }) =>
    cell.ours === undefined || cell.paper === undefined ? [] : [cell.paper / cell.ours.mean],
  );
  return `${Math.min(...ratios).toFixed(0)} to ${Math.max(...ratios).toFixed(0)} times`;
}

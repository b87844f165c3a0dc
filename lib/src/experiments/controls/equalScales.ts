/**
 * Do language models' tables help at the scale of the table that they replace (D35)? As coded, they enter
 * SASRec at whatever scale the model gives them. Here each is multiplied by one factor, so that its entries
 * spread like those of SASRec's own random table. Directions and relative lengths, all that a table knows,
 * stay. Only for trainable tables; the control tables show what scale does to a frozen one.
 */
import type { TableSource } from '../chain/itemTables';
import type { Experiment } from '../experiment';
import type { ComparisonTable } from '../measured';
import type { Profile } from '../profiles';
import { view, type Recipe } from '../views/view';
import { columnsTable, type OwnColumn } from './columnsTable';

const SOURCES: readonly TableSource[] = ['LF', 'PT', 'FT', 'lexical'];

export const equalScales = view('equalScales', {
  kept: (profile) => profile.equalScales.length > 0,
  of: recipe,
});

function recipe(experiment: Experiment): Recipe<ComparisonTable> {
  const rescaled = (source: TableSource): OwnColumn => ({
    id: `trainable.${source}`,
    label: source,
    group: 'Embedding-init (trainable), rescaled',
    runs: (domain) =>
      experiment.recommenders(domain, {
        backbone: 'SASRec',
        variant: 'trainable',
        table: { node: experiment.controlItemTable(domain, 'rescaled', source), name: `${source} rescaled` },
      }),
  });
  return columnsTable({
    id: 'equal-scales',
    title: 'Item tables at the scale of the random one; SASRec, 100 sampled negatives',
    domains: experiment.profile.equalScales,
    protocol: 'sampled',
    base: 'SAS',
    columns: [
      {
        id: 'SAS',
        label: 'SAS',
        runs: (domain) => experiment.recommenders(domain, { backbone: 'SASRec', variant: 'base' }),
      },
      ...SOURCES.map(rescaled),
    ],
    notes: [
      "Each table times one factor, so that its entries spread as those of SASRec's own random table " +
        '(D35); everything else is that of Table 3.',
      ...asked(experiment.profile),
    ],
  });
}

/** What had been seen when these runs were added. */
function asked({ own, given }: Profile): string[] {
  if (own !== undefined) return [];
  return given === undefined
    ? [
        'Added on an earlier version of the embedded data, after test results of the FT table at ' +
          'three scales had been seen there. Mini shows it on the domains of Table 5, to save time; ' +
          'study has all five.',
      ]
    : [
        'Added after test results of ten trainings from the PT table, which fall into two groups, ' +
          'had been seen.',
      ];
}

/** Table 1: RECFORMER with some of its layers tuned. */
import { layersOf, LAYER_SETS } from '../columns';
import type { Experiment } from '../experiment';
import type { ComparisonTable } from '../measured';
import { paperTables } from '../paper';
import { view, type Reader } from '../views/view';
import { buildTable, tableStages } from './buildTable';
import { dataNote } from './dataNote';

export const table1 = view('table1', {
  kept: ({ tables }) => tables.includes('table1'),
  of: (experiment) => ({
    nodes: tableStages(experiment, 'table1'),
    make: (read) => made(experiment, read),
  }),
});

function made(experiment: Experiment, read: Reader): ComparisonTable {
  const { profile } = experiment;
  const { domain, also } = profile.layerSets;
  const { layers } = profile.language;
  return buildTable(experiment, read, {
    id: 'table1',
    title: 'Table 1: RECFORMER with some of its layers tuned, 100 sampled negatives',
    domains: [domain, ...also],
    columns: [...LAYER_SETS].map(([id, printed]) => ({
      id,
      label: layerLabel(id, printed, layers),
      group: 'Tuned layers',
    })),
    base: 'All',
    paper: (row, metric) => paperTables().table1[row]?.[metric],
    notes: [
      'Layers are counted from 0. ' +
        (profile.layerSets.restricted === 'FT'
          ? 'The restriction holds in fine-tuning only, from the pre-trained weights ' +
            '(D36, the cheaper reading); '
          : 'The restriction holds in pre-training and in fine-tuning (D36); ') +
        'None is the language model as it is, None (PT) the pre-trained one.',
      dataNote(profile),
    ],
  });
}

/** Printed layers; in a model of another depth its own, with the printed ones behind. */
function layerLabel(id: string, printed: 'all' | readonly number[], layers: number): string {
  return layers === 12 || printed === 'all' || printed.length === 0
    ? id
    : `${layersOf(printed, layers)} (for ${id})`;
}

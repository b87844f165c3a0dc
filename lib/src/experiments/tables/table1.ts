/** Table 1: RECFORMER with some of its layers tuned. */
import { layersOf, LAYER_SETS } from '../cells';
import type { ComparisonTable } from '../measured';
import { paperTables } from '../paper';
import type { Profile } from '../profiles';
import type { Reader } from '../views/view';
import { buildTable } from './buildTable';
import { dataNote } from './dataNote';

export function table1(profile: Profile, read: Reader): ComparisonTable {
  const { domain, also } = profile.layerSets;
  const { layers } = profile.language;
  return buildTable(profile, read, {
    id: 'table1',
    title: 'Table 1: RECFORMER with some of its layers tuned, 100 sampled negatives',
    domains: [domain, ...also],
    columns: [...LAYER_SETS].map(([id, printed]) => ({
      id,
      label: layerLabel(id, printed, layers),
      group: 'Tuned layers',
    })),
    paper: (row, metric) => paperTables().table1[row]?.[metric],
    notes: [
      'Layers are counted from 0. ' +
        `${profile.layerSets.restricted === 'FT' ? 'The restriction holds in fine-tuning only, from the pre-trained weights (D36, the cheaper ' + 'reading)' : 'The restriction holds in pre-training and in fine-tuning (D36)'}; ` +
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

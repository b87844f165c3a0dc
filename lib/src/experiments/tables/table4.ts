/** Table 4: full ranking. */
import type { ComparisonTable } from '../measured';
import { paperTables } from '../paper';
import type { Profile } from '../profiles';
import type { Reader } from '../views/view';
import { buildTable } from './buildTable';
import { dataNote } from './dataNote';
import { WITH_50 } from './metrics';

export function table4(profile: Profile, read: Reader): ComparisonTable {
  return buildTable(profile, read, {
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
      'REC is selected by full ranking from the same fine-tuning as that of Table 3, which goes on ' +
        'until neither protocol improves. FT is SASRec with the trainable FT table. Full ranking comes ' +
        "with the softmax loss for SASRec, as in the authors' code (D12), and selects by full ranking. " +
        'Items of the history stay candidates.',
      dataNote(profile),
    ],
  });
}

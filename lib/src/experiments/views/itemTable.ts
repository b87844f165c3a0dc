/** The item table of a domain, from a language model (LF, PT, FT) or from its words alone (lexical). */
import type { TableSource } from '../chain/itemTables';
import { itemTable as loadTable } from '../stages/storedTable';
import { view } from './view';

export const itemTable = view('itemTable', {
  args: (_, domain: string, source: TableSource) => [domain, source] as const,
  of: (experiment, domain, source) => ({
    nodes: [experiment.itemTable(domain, source)],
    make: (read) => loadTable(read(experiment.itemTable(domain, source))),
  }),
});

/**
 * What is it about the FT table that helps? SASRec with tables that keep one property of it and lose another (text/controlTables):
 * random with the same spectrum (no meaning), rescaled to the random table's spread, whitened (meaning without spectrum).
 */
import type { ComparisonTable } from '../measured';
import { controlTableNode, recommenderNodes } from '../nodes';
import type { Profile } from '../profiles';
import type { View } from '../views/view';
import { columnsTable, type OwnColumn } from './columnsTable';
import { table3 } from './oneLoss';

const CONTROLS = [['spectrum', 'random, same spectrum'], ['rescaled', 'rescaled'], ['whitened', 'whitened']] as const;

export function controlTables(profile: Profile): View<ComparisonTable> {
  const columns = (['freeze', 'trainable'] as const).flatMap((variant): OwnColumn[] => [
    { id: `${variant}.FT`, label: 'FT', group: `Embedding-init (${variant})`, nodes: (domain) => table3(profile, domain, `${variant}.FT`) },
    ...CONTROLS.map(([control, label]): OwnColumn => ({
      id: `${variant}.${control}`, label, group: `Embedding-init (${variant})`,
      nodes: (domain) => recommenderNodes(profile, domain, { backbone: 'SASRec', variant, table: { node: controlTableNode(profile, domain, control), name: `FT ${control}` } }),
    })),
    { id: `${variant}.lexical`, label: 'lexical', group: `Embedding-init (${variant})`, nodes: (domain) => table3(profile, domain, `${variant}.lexical`) },
  ]);
  return columnsTable({
    id: 'control-tables',
    title: 'Control tables: what the FT table is without its meaning, its scale or its spectrum; SASRec, 100 sampled negatives',
    domains: profile.beyond,
    protocol: 'sampled',
    columns: [{ id: 'SAS', label: 'SAS', nodes: (domain) => table3(profile, domain, 'SAS') }, ...columns],
    notes: ['Random: vectors without meaning that have exactly the singular values of FT. Rescaled: FT times one factor, so that its entries spread as those of SASRec\'s own random table (D35). Whitened: every direction of FT with the same variance.'],
  });
}

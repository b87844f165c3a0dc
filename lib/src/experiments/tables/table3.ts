/** Table 3: item initialisation of SASRec and BERT4Rec. */
import { BASE, LEXICAL_COLUMNS, TABLE3_COLUMNS } from '../columns';
import type { Experiment } from '../experiment';
import type { ComparisonTable, TableColumn } from '../measured';
import { paperTables } from '../paper';
import type { Backbone } from '../profiles';
import { view, type Reader } from '../views/view';
import { backboneArgs } from './backbone';
import { buildTable, tableStages } from './buildTable';
import { dataNote } from './dataNote';
import { WITH_50 } from './metrics';

export const table3 = view('table3', {
  args: (_, backbone?: Backbone) => backboneArgs('table3', backbone),
  kept: ({ tables, backbones }, ask) =>
    tables.includes('table3') ? backbones.map((backbone) => ask(backbone)) : [],
  of: (experiment, backbone) => ({
    nodes: tableStages(experiment, 'table3'),
    make: (read) => sampled(experiment, backbone, read),
  }),
});

function sampled(experiment: Experiment, backbone: Backbone, read: Reader): ComparisonTable {
  const { profile } = experiment;
  return buildTable(experiment, read, {
    id: 'table3',
    backbone,
    title: `Table 3: item initialisation for ${backbone}, 100 sampled negatives`,
    domains: profile.domains,
    withBaselines: true,
    columns: table3Columns(backbone),
    base: BASE[backbone],
    paper: (row, metric) => paperTables().table3[backbone][row]?.[metric],
    notes: [
      dataNote(profile),
      'Popularity and Transition learn nothing' +
        (profile.given === undefined
          ? '; the Oracle ranks by the distribution that the data were drawn from, ' +
            'the best that any model can expect.'
          : '.'),
      ...(backbone === 'SASRec'
        ? [
            "The lexical table knows which words an item's text has (TF-IDF, truncated SVD) but no " +
              'language; it is a control that the paper does not have.',
            'SASRec is trained with one negative per position, RECFORMER and BERT4Rec with the softmax ' +
              "over all items, as the authors' code does (D43).",
          ]
        : []),
    ],
  });
}

/**
 * The runs of Table 3 ranked among all items of their domain; they were selected among sampled ones all the
 * same. Kept if no runs are made for full ranking (Table 4).
 */
export const table3AllItems = view('table3AllItems', {
  args: (_, backbone?: Backbone) => backboneArgs('table3AllItems', backbone),
  kept: ({ tables, backbones }, ask) =>
    tables.includes('table3') && !tables.includes('table4') ? backbones.map((backbone) => ask(backbone)) : [],
  of: (experiment, backbone) => ({
    nodes: tableStages(experiment, 'table3'),
    make: (read) => full(experiment, backbone, read),
  }),
});

function full(experiment: Experiment, backbone: Backbone, read: Reader): ComparisonTable {
  const { profile } = experiment;
  return buildTable(experiment, read, {
    id: 'table3',
    name: `table3-all-items-${backbone}`,
    protocol: 'full',
    backbone,
    title: `Table 3's runs for ${backbone}, ranked among all items`,
    domains: profile.domains,
    metrics: WITH_50,
    withBaselines: true,
    columns: table3Columns(backbone),
    paper: () => undefined,
    notes: [
      'The same runs as in Table 3: their losses are those of Table 3, and validation among 100 ' +
        'sampled negatives selected them. Items of the history stay candidates.',
      dataNote(profile),
    ],
  });
}

export function table3Columns(backbone: Backbone): TableColumn[] {
  const groups: Record<string, string> = {
    freeze: 'Embedding-init (freeze)',
    trainable: 'Embedding-init (trainable)',
    further: 'Further-train',
  };
  const columns = [...TABLE3_COLUMNS, ...LEXICAL_COLUMNS].map((column): TableColumn => {
    if (column === 'base') return { id: BASE[backbone], label: BASE[backbone] };
    const [group, name] = column.split('.');
    return name === undefined
      ? { id: column, label: column }
      : { id: column, label: name, group: name === 'lexical' ? `Control (${group})` : groups[group] };
  });
  return backbone === 'SASRec' ? columns : columns.filter(({ id }) => !id.endsWith('.lexical'));
}

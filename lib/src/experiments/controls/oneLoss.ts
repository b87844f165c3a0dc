/**
 * One loss for all models (D12, D43): as coded, SASRec learns with one negative a position while RECFORMER
 * and BERT4Rec learn with the softmax over all items. Here SASRec has the softmax as well: does a gain come
 * from the language model or from the loss?
 */
import { cellNodes } from '../cells';
import type { ComparisonTable } from '../measured';
import { recommenderNodes, tableNode, type TableSource } from '../nodes';
import type { Profile } from '../profiles';
import type { StageNode } from '../../pipeline/stage';
import type { View } from '../views/view';
import { columnsTable, type OwnColumn } from './columnsTable';

export function oneLoss(profile: Profile): View<ComparisonTable> {
  const own = (
    id: string,
    label: string,
    variant: 'base' | 'freeze' | 'trainable',
    source?: TableSource,
  ): OwnColumn => ({
    id: `ce.${id}`,
    label,
    group: 'SASRec, softmax over all items',
    nodes: (domain) =>
      recommenderNodes(profile, domain, {
        backbone: 'SASRec',
        variant,
        loss: 'ce',
        ...(source === undefined
          ? {}
          : { table: { node: tableNode(profile, domain, source), name: source } }),
      }),
  });
  const given = (column: string, label: string): OwnColumn => ({
    id: `bce.${column}`,
    label,
    group: 'SASRec, one negative (Table 3)',
    nodes: (domain) => table3(profile, domain, column),
  });
  return columnsTable({
    id: 'one-loss',
    title:
      'One loss for all models: SASRec with the softmax of RECFORMER and BERT4Rec, 100 sampled negatives',
    domains: profile.beyond,
    protocol: 'sampled',
    columns: [
      given('SAS', 'SAS'),
      given('freeze.FT', 'freeze.FT'),
      given('trainable.PT', 'trainable.PT'),
      given('trainable.FT', 'trainable.FT'),
      own('SAS', 'SAS', 'base'),
      own('freeze.FT', 'freeze.FT', 'freeze', 'FT'),
      own('trainable.PT', 'trainable.PT', 'trainable', 'PT'),
      own('trainable.FT', 'trainable.FT', 'trainable', 'FT'),
      {
        id: 'REC',
        label: 'REC',
        group: 'Softmax, as coded',
        nodes: (domain) => table3(profile, domain, 'REC'),
      },
    ],
    notes: [
      'Everything but the loss is that of Table 3: grid, seeds, selection by validation with the same ' +
        '100 negatives.',
    ],
  });
}

/** The runs of a column of Table 3 for SASRec; the profile has them wherever this folder is computed. */
export function table3(profile: Profile, domain: string, column: string): readonly StageNode[] {
  const nodes = cellNodes(profile, { table: 'table3', domain, column });
  if (nodes === undefined)
    throw new Error(`Table 3 has no column ${column} on ${domain} in profile ${profile.name}`);
  return nodes;
}

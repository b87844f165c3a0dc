/**
 * One loss for all models (D12, D43). As coded, SASRec learns with one negative per position, while RECFORMER
 * and BERT4Rec learn with the softmax over all items. Here SASRec has the softmax too: does a gain come from
 * the language model or from the loss?
 */
import type { TableSource } from '../chain/itemTables';
import type { Experiment } from '../experiment';
import type { ComparisonTable } from '../measured';
import { view, type Recipe } from '../views/view';
import { columnsTable, type OwnColumn } from './columnsTable';
import { table3Runs } from '../tables/table3Runs';

export const oneLoss = view('oneLoss', {
  kept: ({ beyond }) => beyond.length > 0,
  of: recipe,
});

function recipe(experiment: Experiment): Recipe<ComparisonTable> {
  const own = (
    id: string,
    label: string,
    variant: 'base' | 'freeze' | 'trainable',
    source?: TableSource,
  ): OwnColumn => ({
    id: `ce.${id}`,
    label,
    group: 'SASRec, softmax over all items',
    runs: (domain) =>
      experiment.recommenders(domain, {
        backbone: 'SASRec',
        variant,
        loss: 'ce',
        ...(source === undefined
          ? {}
          : { table: { node: experiment.itemTable(domain, source), name: source } }),
      }),
  });
  const given = (column: string, label: string): OwnColumn => ({
    id: `bce.${column}`,
    label,
    group: 'SASRec, one negative (Table 3)',
    runs: (domain) => table3Runs('oneLoss', experiment, domain, column),
  });
  return columnsTable({
    id: 'one-loss',
    title:
      'One loss for all models: SASRec with the softmax of RECFORMER and BERT4Rec, 100 sampled negatives',
    domains: experiment.profile.beyond,
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
        runs: (domain) => table3Runs('oneLoss', experiment, domain, 'REC'),
      },
    ],
    notes: [
      'Everything but the loss is that of Table 3: grid, seeds, selection by validation with the same ' +
        '100 negatives.',
    ],
  });
}

/**
 * BERT4Rec's initial weights (method 8.1), PyTorch's defaults: tables N(0, 1) with the padding row zero,
 * dense layers uniform in +-1/sqrt(fan in), layer norms 1 and 0. No training here.
 *
 * The mask token's row is a tensor of its own (`mask`, [1, d]), so that it can be trained or frozen apart
 * from the item table (D4).
 */
import type { NamedHostTensors } from '../../engine/types';
import type { Random } from '../../random';
import { constant, normal, uniform } from '../initialise';
import type { BERT4RecOptions } from './options';

/** BERT4Rec's initial weights, by name: everything but the item table and the mask row. */
export function bert4recBody(
  { items, dim, blocks, maxLength, output }: BERT4RecOptions,
  random: Random,
): NamedHostTensors {
  const body: NamedHostTensors = { position: normal(random, [maxLength, dim], 1) };
  const dense = (name: string, from: number, to: number): void => {
    body[`${name}/kernel`] = uniform(random, [from, to], 1 / Math.sqrt(from));
    body[`${name}/bias`] = uniform(random, [to], 1 / Math.sqrt(from));
  };
  const norm = (name: string): void => {
    body[`${name}/gain`] = constant([dim], 1);
    body[`${name}/bias`] = constant([dim], 0);
  };
  for (let b = 0; b < blocks; b++) {
    for (const part of ['query', 'key', 'value', 'output']) dense(`block${b}/attention/${part}`, dim, dim);
    norm(`block${b}/attentionNorm`);
    dense(`block${b}/inner`, dim, 4 * dim);
    dense(`block${b}/outer`, 4 * dim, dim);
    norm(`block${b}/forwardNorm`);
  }
  // The output layer is stored as class vectors [V + 1, d], like an item table.
  if (output === 'untied') body['output/classes'] = uniform(random, [items + 1, dim], 1 / Math.sqrt(dim));
  body['output/bias'] = uniform(random, [items + 1], 1 / Math.sqrt(dim));
  return body;
}

/** BERT4Rec's random item table [V + 1, d], row 0 zero, as `item/table`, and the mask row [1, d]. */
export function bert4recTable({ items, dim }: BERT4RecOptions, random: Random): NamedHostTensors {
  const table = normal(random, [items + 1, dim], 1);
  table.data.fill(0, 0, dim);
  return { 'item/table': table, mask: normal(random, [1, dim], 1) };
}

/**
 * SASRec's initial weights (method 7.2): Xavier-normal for every matrix, the item table and its row 0
 * included; attention biases 0, feed-forward biases uniform in +-1/sqrt(d), layer norms 1 and 0. No training
 * here.
 */
import type { NamedHostTensors } from '../../engine/types';
import type { Random } from '../../random';
import { constant, uniform, xavierNormal } from '../initialise';
import type { SASRecOptions } from './options';

/** SASRec's initial weights, by name: everything but the item table. */
export function sasrecBody({ dim, blocks, maxLength }: SASRecOptions, random: Random): NamedHostTensors {
  const body: NamedHostTensors = { position: xavierNormal(random, [maxLength, dim]) };
  const norm = (name: string): void => {
    body[`${name}/gain`] = constant([dim], 1);
    body[`${name}/bias`] = constant([dim], 0);
  };
  for (let b = 0; b < blocks; b++) {
    const block = `block${b}`;
    norm(`${block}/queryNorm`);
    for (const part of ['query', 'key', 'value', 'output']) {
      // PyTorch draws query, key and value as one matrix of 3 d x d; the output projection alone.
      body[`${block}/attention/${part}/kernel`] = xavierNormal(
        random,
        [dim, dim],
        part === 'output' ? 2 * dim : 4 * dim,
      );
      body[`${block}/attention/${part}/bias`] = constant([dim], 0);
    }
    norm(`${block}/forwardNorm`);
    for (const part of ['inner', 'outer']) {
      body[`${block}/${part}/kernel`] = xavierNormal(random, [dim, dim]);
      body[`${block}/${part}/bias`] = uniform(random, [dim], 1 / Math.sqrt(dim));
    }
  }
  norm('outputNorm');
  return body;
}

/** SASRec's random item table, [V + 1, d], as `item/table`. */
export function sasrecTable({ items, dim }: SASRecOptions, random: Random): NamedHostTensors {
  return { 'item/table': xavierNormal(random, [items + 1, dim]) };
}

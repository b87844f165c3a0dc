/**
 * The variants of method 9: which tensors a recommender starts from and which of them are trained. T is the
 * given table (from a language model, lexical, or a control); the body is everything but the item tables.
 */
import type { Dataset } from '../../data';
import { InputError } from '../../errors';
import type { HostTensor, NamedHostTensors } from '../../engine/types';
import { xavierNormal } from '../../models/initialise';
import { rescaledTable, whitenedTable } from '../../text/controlItemTables';
import { checkItemTable, type ItemTable } from '../../text/itemTable';
import { recommenderModel } from './models';
import type { RecommenderOptions } from './options';
import { stream } from './streams';

export interface StartingPoint {
  tensors: NamedHostTensors;
  /** Which of them the optimiser may change. Decided here, before any optimiser exists (D14). */
  trainable(name: string): boolean;
}

/**
 * Initial tensors, and which of them are trained. `table`: V + 1 rows of any width; a width other than the
 * model's adds a trained projection. `start`: weights of a finished freeze run, for the further variants
 * (D38).
 */
export function startingPoint(
  dataset: Dataset,
  options: RecommenderOptions,
  table?: ItemTable,
  start?: NamedHostTensors,
): StartingPoint {
  const { variant } = options;
  if (variant === 'furtherAll' || variant === 'furtherEmb') {
    if (start === undefined)
      throw new InputError(
        `train ${variant}`,
        'expected the weights of a freeze run to start from',
        'Train variant freeze first: see docs/decisions.md#d38',
      );
    return { tensors: start, trainable: further(options) };
  }
  if (variant !== 'base' && table === undefined)
    throw new InputError(
      `train variant ${variant}`,
      'expected an item table, got none',
      'Give a table, or use variant base',
    );
  if (variant === 'base' && table !== undefined)
    throw new InputError(
      'train variant base',
      'expected no item table: base starts from a random one',
      'Name the variant: freeze, trainable or withID',
    );

  const model = { ...options, items: dataset.items };
  const random = stream(options.seed, 'weights');
  const { body, table: randomTable, rowsBeside } = recommenderModel(options.model);
  const tensors = body(model, random);
  const own = randomTable(model, random);
  if (table === undefined) return { tensors: { ...tensors, ...own }, trainable: () => true };

  checkItemTable(table, dataset.items, `item table for ${dataset.name}`);
  const given = scaled(table, options, own['item/table']);
  if (given.shape[1] !== options.dim)
    tensors['item/projection'] = xavierNormal(random, [given.shape[1], options.dim]);
  if (variant === 'withID') {
    if (given.shape[1] !== options.dim) {
      throw new InputError(
        'train withID',
        `expected a table of width ${options.dim}, got ${given.shape[1]}`,
        'The sum of ID and text vectors needs equal widths (D39)',
      );
    }
    return {
      tensors: { ...tensors, ...own, 'item/fixed': given },
      trainable: (name) => name !== 'item/fixed',
    };
  }
  tensors['item/table'] = given;
  const beside = rowsBeside?.(model) ?? {};
  Object.assign(tensors, beside);
  const frozen = ['item/table', ...(options.trainedMaskRow ? [] : Object.keys(beside))];
  return { tensors, trainable: (name) => variant !== 'freeze' || !frozen.includes(name) };
}

function further({ variant, furtherOutput }: RecommenderOptions): (name: string) => boolean {
  if (variant === 'furtherAll') return () => true;
  return (name) => name === 'item/table' || (furtherOutput && name.startsWith('output/'));
}

function scaled(table: ItemTable, { tableScale }: RecommenderOptions, random: HostTensor): HostTensor {
  let result = table;
  if (tableScale === 'whitened') result = whitenedTable(table);
  if (tableScale === 'randomStd') result = rescaledTable(table, std(random));
  return { shape: [result.rows, result.dim], dtype: 'float32', data: Float32Array.from(result.data) };
}

/** Standard deviation about zero of all rows but row 0. */
function std({ shape, data }: HostTensor): number {
  let squares = 0;
  for (let i = shape[1]; i < data.length; i++) squares += data[i] ** 2;
  return Math.sqrt(squares / (data.length - shape[1]));
}

/**
 * SASRec as a recommender that can be trained (method 7): the next item is the label at every position, and
 * the output at the newest item is the prediction.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { InputError } from '../../../errors';
import { itemVectors } from '../../../models/itemEmbedding';
import { packedSpecs } from '../../../models/packedAttention';
import { sasrec, sasrecBody, sasrecTable } from '../../../models/sasrec';
import { ALL_ITEMS_LOSSES } from './allItemsLosses';
import { labelSpecs } from './labelSpecs';
import type { RecommenderModel } from './model';
import { sasrecBatch } from './sasrecBatches';
import { lossSpecs, sasrecLoss } from './sasrecLoss';

export const sasrecModel: RecommenderModel = {
  defaults: {
    loss: 'bce',
    heads: 1,
    dropout: 0.5,
    batch: 128,
    userSampling: 'replacement',
    beta2: 0.98,
  },
  check({ paddingAsClass }, { against }) {
    if (paddingAsClass && against !== 'allItems')
      throw new InputError(
        'train paddingAsClass',
        `is defined for sasrec with loss ${ALL_ITEMS_LOSSES} only`,
        'See docs/decisions.md#d11',
      );
  },

  body: sasrecBody,
  table: sasrecTable,

  hidden(params, inputs, context, options, places) {
    const flat = [inputs.items.size] as [number];
    const embedded = tf.gather(itemVectors(params), tf.reshape(inputs.items, flat) as Tensor1D);
    return sasrec(params, inputs, embedded, context, options, places);
  },
  outputLayer: (params) => ({ classes: itemVectors(params) }),
  outputNames: () => ({ classes: 'item/table' }),

  step(options, { rows }, loss) {
    const size = rows * options.maxLength;
    const known = { ...packedSpecs(rows, options.maxLength), ...labelSpecs(size) };
    return {
      name: `sasrec ${loss.name} step ${rows}x${options.maxLength}`,
      inputs: { ...known, ...lossSpecs(loss, options, size, Object.keys(known)) },
      loss: (params, inputs, context) => sasrecLoss(params, inputs, context, options, loss),
    };
  },
  shortest: 2,
  positions: (length) => length - 1,
  sizes: 3,
  stream: 'negatives',
  batch: sasrecBatch,
};

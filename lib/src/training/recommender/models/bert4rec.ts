/**
 * BERT4Rec as a recommender that can be trained (method 8): cloze samples, loss at labelled positions only,
 * and the mask token as the question for the next item.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { InputError } from '../../../errors';
import { bert4rec, bert4recBody, bert4recClasses, bert4recTable, maskToken } from '../../../models/bert4rec';
import { constant } from '../../../models/initialise';
import { packedSpecs } from '../../../models/packedAttention';
import type { AllItemsLoss } from '../../losses';
import { ALL_ITEMS_LOSSES } from './allItemsLosses';
import { clozeBatch, clozeSample } from './clozeBatches';
import { labelSpecs } from './labelSpecs';
import type { RecommenderModel } from './model';

export const bert4recModel: RecommenderModel = {
  defaults: {
    loss: 'ce',
    heads: 4,
    dropout: 0.1,
    batch: 256,
    userSampling: 'shuffled',
    beta2: 0.999,
  },
  check({ variant, paddingAsClass }, { name, against }) {
    if (against !== 'allItems')
      throw new InputError(
        'train loss',
        `expected ${ALL_ITEMS_LOSSES} for bert4rec, got ${name}`,
        'BERT4Rec is trained with the full softmax: see docs/method.md, section 8.3',
      );
    if (variant === 'withID')
      throw new InputError(
        'train variant',
        'withID is defined for sasrec only',
        'See docs/method.md, section 9',
      );
    if (paddingAsClass)
      throw new InputError(
        'train paddingAsClass',
        `is defined for sasrec with loss ${ALL_ITEMS_LOSSES} only`,
        'See docs/decisions.md#d11',
      );
  },

  body: bert4recBody,
  table: bert4recTable,
  // D4: the mask row is a copy of the table's padding row.
  rowsBeside: ({ dim }) => ({ mask: constant([1, dim], 0) }),

  question: maskToken,
  hidden: (params, inputs, context, options, places) => bert4rec(params, inputs, context, options, places),
  outputLayer: bert4recClasses,
  outputNames: ({ output }) => ({
    classes: output === 'untied' ? 'output/classes' : 'item/table',
    bias: 'output/bias',
  }),

  step: (options, { rows, labelled = 0 }, loss) => ({
    name: `bert4rec step ${rows}x${options.maxLength}, ${labelled} labels`,
    inputs: {
      ...packedSpecs(rows, options.maxLength),
      places: { shape: [labelled], dtype: 'int32' },
      ...labelSpecs(labelled),
    },
    loss(params, inputs, context) {
      const hidden = bert4rec(params, inputs, context, options, inputs.places) as Tensor2D;
      // `check` has refused other losses.
      return (loss as AllItemsLoss).value({
        hidden,
        ...bert4recClasses(params, options),
        labels: inputs.labels as Tensor1D,
        weights: inputs.weights as Tensor1D,
      });
    },
  }),
  shortest: 1,
  positions: (length) => length,
  labels: (part, { items, maxLength }, random) =>
    clozeSample(part, items, maxLength, random).labels.reduce((n, label) => n + Number(label > 0), 0),
  sizes: 2,
  stream: 'cloze',
  batch: clozeBatch,
};

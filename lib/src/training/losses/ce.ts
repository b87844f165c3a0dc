/** Softmax cross-entropy over all items: SASRec's loss in full ranking (method 7.4), and BERT4Rec's (8.3). */
import { meanLinearCrossEntropy } from '../../engine/ops';
import type { AllItemsLoss } from './loss';

export const ce = {
  name: 'ce',
  meaning: 'softmax over all items',
  against: 'allItems',
  /** Mean over labels of -ln softmax(hidden . classes + bias)[label]. */
  value: ({ hidden, classes, bias, labels, weights }) =>
    meanLinearCrossEntropy({ hidden, classes, bias, labels }, weights),
} satisfies AllItemsLoss;

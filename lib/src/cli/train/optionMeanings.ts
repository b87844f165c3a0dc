/**
 * What each option of a training is for, in a line, with its decisions: for `elephant train --options`, in
 * whose order they stand.
 */
import type { RecommenderOptions } from '../../training/recommender';
import type { NotBySet } from './settings';

export interface Meaning {
  meaning: string;
  /** Numbers of decisions, as in docs/decisions.md and in comments of the code. */
  decisions?: readonly string[];
}

const of = (meaning: string, ...decisions: string[]): Meaning => ({
  meaning,
  ...(decisions.length > 0 && { decisions }),
});

export const MEANINGS: Readonly<Record<Exclude<keyof RecommenderOptions, NotBySet>, Meaning>> = {
  loss: of(
    'bce: each label against drawn items; ce: softmax over all items (BERT4Rec: always); sampled: over ' +
      'drawn ones',
    'D12',
    'D43',
  ),
  dim: of("width of item vectors and model; without it, that of a table's file"),
  blocks: of('transformer blocks'),
  heads: of('attention heads; a divisor of dim'),
  maxLength: of('items of a history that the model sees, the newest ones'),
  dropout: of('dropout rate'),
  padding: of('SASRec: padded slots take part in attention, or are masked', 'D10'),
  output: of('BERT4Rec: an output layer of its own, or the item table with a bias', 'D3'),
  trainedMaskRow: of('BERT4Rec: train the mask row although the table is frozen', 'D4'),
  furtherOutput: of(
    'BERT4Rec: the variant furtherEmb, which the library has, trains the output layer too',
    'D38',
  ),
  tableScale: of("a given table as it is, at the random one's standard deviation, or whitened", 'D35'),
  negatives: of('drawn items a position (loss bce) or a batch (loss sampled, where the default is 256)'),
  negativeSampling: of('loss sampled: how items are drawn'),
  logQ: of(
    'loss sampled: correct for how likely items are drawn: no logits, those of negatives, or of the ' +
      'label too',
  ),
  paddingAsClass: of('SASRec with loss ce: train padded positions as class 0', 'D11'),
  batch: of('users per update'),
  userSampling: of(
    'users drawn with replacement, each once an epoch, or with replacement and each batch three times',
    'D8',
    'D48',
  ),
  passes: of('passes over the users that make an epoch'),
  dropLastBatch: of("userSampling shuffled: drop an epoch's last partial batch", 'D6'),
  learningRate: of('of Adam; --learning-rates tries several', 'D5'),
  beta1: of('of Adam: decay of the mean gradient'),
  beta2: of('of Adam: decay of the mean squared gradient'),
  eps: of('of Adam: added to the root of the mean squared gradient'),
  lazyRows: of('losses that draw items: Adam leaves table rows without gradient as they are', 'D41'),
  epochs: of('at most so many'),
  patience: of('epochs without a better validation NDCG@10 before training stops', 'D18'),
  selection: of('validation protocol whose NDCG@10 chooses the best epoch'),
  evaluationNegatives: of('how the 100 items of the sampled protocol are drawn', 'D44'),
  candidates: of('items ranked in the full protocols: all, or those with a training interaction', 'D32'),
  paddingClass: of('full protocols: rank the padding class 0 among the items', 'D13'),
  ties: of('where scores are equal the target wins, takes the mean rank, or loses', 'D15'),
  seed: of('of initial values, batches, drawn items and dropout; --seeds trains several'),
};

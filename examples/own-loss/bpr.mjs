// A loss of your own: Bayesian personalised ranking (Rendle et al., UAI 2009) beside SASRec's own loss.
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { readOwn, trainRecommender } from 'elephant';

const bpr = {
  name: 'bpr',
  // Each label against an item that the user has not had; other kinds: lib/src/training/losses/loss.ts.
  against: 'negativesPerPosition',
  // -ln sigmoid(score of the label - score of the drawn item), mean over labels.
  // hidden, positives, negatives: [N, dim]; weights: [N], 1 / (number of labels), or 0 where there is none.
  value({ hidden, positives, negatives, weights }) {
    const margin = tf.sum(tf.mul(hidden, tf.sub(positives, negatives)), 1);
    return tf.sum(tf.mul(tf.softplus(tf.neg(margin)), weights));
  },
};

const dataset = await readOwn(join(import.meta.dirname, '../shop'));
for (const loss of ['bce', bpr]) {
  const { options, log, test } = await trainRecommender({
    dataset,
    model: 'sasrec',
    loss,
    dim: 16,
    epochs: 20,
  });
  const [first, last] = [log[0].loss, log[log.length - 1].loss].map((value) => value.toFixed(3));
  console.log(`${options.loss}: loss ${first} to ${last}, test NDCG@10 ${test.full['NDCG@10'].toFixed(4)}`);
}

/**
 * A recommender's encoder for one history in a form that other programs can give: a row of `maxLength` item
 * ids, with 0 in front if it is shorter. For export; inside the library, histories are packed
 * (packedFeeds.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Program } from '../../engine/types';
import { recommenderModel } from './models';
import type { RecommenderOptions } from './options';
import { userEncoderProgram } from './programs';

/** `ids` int32 [maxLength], newest last. `hidden` [dim]: the vector that items are scored against. */
export function historyProgram(options: RecommenderOptions, items: number): Program {
  const { model, maxLength, dim } = options;
  const { question } = recommenderModel(model);
  const encode = userEncoderProgram(options, { items, rows: 1, places: 1 });
  return {
    name: `${model} of one history`,
    inputs: { ids: { shape: [maxLength], dtype: 'int32' } },
    outputs(params, { ids }, context) {
      const asked = question === undefined ? ids : withQuestion(ids as Tensor1D, question(items));
      const present = tf.cast(tf.greater(asked, 0), 'int32');
      const row = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [1, maxLength]);
      const absent = tf.sub(tf.scalar(maxLength, 'int32'), tf.sum(present));
      const inputs = {
        items: row(asked),
        slots: row(tf.range(0, maxLength, 1, 'int32')),
        segments: row(present),
        padded: row(tf.mul(absent, tf.onesLike(present))),
        places: tf.tensor1d([maxLength - 1], 'int32'),
      };
      const { hidden } = encode.outputs(params, inputs, context);
      return { hidden: tf.reshape(hidden, [dim]) };
    },
  };
}

/** The newest ids and the question after them: as modelInput does it, in TensorFlow.js ops. */
function withQuestion(ids: Tensor1D, question: number): Tensor1D {
  const asked = tf.tensor1d([question], 'int32');
  return tf.concat([tf.slice(ids, 1), asked]);
}

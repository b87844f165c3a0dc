// SASRec's forward pass by hand: three items, two users, the scores, and the rank of the true next item.
import * as tf from '@tensorflow/tfjs-core';
import { createEngine } from 'elephant/engine';
import { rankingMetrics } from 'elephant/evaluation';
import {
  createRandom,
  itemVectors,
  packedSpecs,
  sasrec,
  SASREC_DEFAULTS,
  sasrecBody,
  sasrecTable,
} from 'elephant/models';
import { packSequences } from 'elephant/training';

const options = { ...SASREC_DEFAULTS, items: 3, dim: 4, blocks: 1, maxLength: 5 };
const histories = [
  [1, 2],
  [3, 1, 2, 1],
]; // item ids from 1, oldest first
const next = [3, 2];

const random = createRandom(7);
const engine = await createEngine({ provider: 'cpu', threads: 1 });
const state = engine.createState({ ...sasrecTable(options, random), ...sasrecBody(options, random) });

// Histories are packed into rows of maxLength positions; `places` are the newest position of each.
const { plan, feeds } = packSequences(histories, options.maxLength);
const places = Int32Array.from(
  plan.row,
  (row, k) => row * options.maxLength + plan.start[k] + plan.length[k] - 1,
);

const program = await engine.compile(
  {
    name: 'scores',
    inputs: {
      ...packedSpecs(plan.rows, options.maxLength),
      places: { shape: [places.length], dtype: 'int32' },
    },
    outputs(params, inputs, context) {
      const table = itemVectors(params); // [items + 1, dim]; row 0 is padding
      const embedded = tf.gather(table, tf.reshape(inputs.items, [-1]));
      const hidden = sasrec(params, inputs, embedded, context, options, inputs.places); // [users, dim]
      return { scores: tf.matMul(hidden, table, false, true) };
    },
  },
  state,
);
const { scores } = await program.run({ ...feeds, places });

// The rank of the true next item among all items: how many score higher, how many score the same.
const width = options.items + 1;
const ranks = { above: new Int32Array(next.length), ties: new Int32Array(next.length) };
next.forEach((target, user) => {
  const row = scores.data.subarray(user * width, (user + 1) * width);
  for (let item = 1; item < width; item++) {
    if (row[item] > row[target]) ranks.above[user]++;
    if (item !== target && row[item] === row[target]) ranks.ties[user]++;
  }
  const shown = Array.from(row.subarray(1), (x) => x.toFixed(3));
  console.log(`user ${user}: scores ${shown}, item ${target} has rank ${ranks.above[user]}`);
});
console.log(rankingMetrics(ranks, { cutoffs: [1, 2] }));
await engine.dispose();

// A trained SASRec as one standard .onnx file, and its use by ONNX Runtime alone.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import * as tf from '@tensorflow/tfjs-core';
import { readOwn, trainRecommender } from 'elephant';
import { createEngine, exportOnnx } from 'elephant/engine';
import { itemVectors } from 'elephant/models';
import { encodeProgram, packSequences } from 'elephant/training';

const dataset = await readOwn(join(import.meta.dirname, '../shop'));
const { options, weights } = await trainRecommender({
  dataset,
  model: 'sasrec',
  loss: 'ce',
  dim: 16,
  epochs: 20,
});

// One user per run: one packed row, one output position; the scores of all items are h . table.
const encode = encodeProgram(options, dataset.items, 1, 1);
const program = {
  ...encode,
  name: 'scores',
  outputs(params, inputs, context) {
    const { hidden } = encode.outputs(params, inputs, context);
    // [1, items + 1]; column 0 is padding.
    return { scores: tf.matMul(hidden, itemVectors(params), false, true) };
  },
};
const engine = await createEngine({ provider: 'cpu', threads: 1 });
const state = engine.createState(weights);
const file = join(tmpdir(), `sasrec-${process.pid}.onnx`);
await exportOnnx(program, state, file);

const history = ['comb', 'soap'].map((key) => dataset.itemKeys.indexOf(key) + 1); // item ids count from 1
const { feeds } = packSequences([history], options.maxLength);
const places = Int32Array.of(history.length - 1);

const session = await ort.InferenceSession.create(file);
const shapes = program.inputs;
const inputs = Object.fromEntries(
  Object.entries({ ...feeds, places }).map(([name, data]) => [
    name,
    new ort.Tensor('int32', data, shapes[name].shape),
  ]),
);
const { scores } = await session.run(inputs);
const ours = await (await engine.compile(program, state)).run({ ...feeds, places });
const largest = Math.max(...ours.scores.data.map((x, i) => Math.abs(x - scores.data[i])));
console.log(
  `inputs ${session.inputNames.join(', ')}; largest difference from the engine ${largest.toExponential(1)}`,
);
await engine.dispose();
rmSync(file);

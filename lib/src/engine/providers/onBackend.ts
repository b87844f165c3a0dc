/** Runs something on a backend of TensorFlow.js, which is switched for that one synchronous call. */
import * as tf from '@tensorflow/tfjs-core';

export function onBackend<T>(backend: string, run: () => T): T {
  const engine = tf.engine();
  const before = engine.backendName;
  if (before !== backend) void engine.setBackend(backend);
  try {
    return run();
  } finally {
    if (before !== undefined && before !== null && before !== backend) void engine.setBackend(before);
  }
}

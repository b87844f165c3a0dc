/**
 * Products in float16 for the CPU, whose provider has none: operands and results are rounded to float16, and
 * multiplied and added up in float32 in between. That is what a GPU with float32 accumulators computes, but
 * slower than float32 alone. It shows what half precision does to a training, not how fast it is.
 *
 * Left to itself, ONNX Runtime would put casts around such a product, see that they undo the casts before,
 * and leave out both: nothing would be rounded. An Identity between two casts keeps them.
 */
import type { Graph, Value } from '../graph';
import { rewrite } from '../passes/rewrite';
import type { Recorder } from '../trace/recorder';

export function roundedProducts(graph: Graph): Graph {
  const rounded = new Map<Value, Value>();
  return rewrite(graph, ({ op, inputs, outputs: [output], attrs }, { g }) => {
    if (op !== 'MatMul' || output.dtype !== 'float16') return undefined;
    const [a, b] = inputs.map((half) => {
      const single = rounded.get(half) ?? g.cast(identity(g, half), 'float32');
      rounded.set(half, single);
      return single;
    });
    const product = g.op('MatMul', [a, b], output.shape, 'float32', attrs);
    return [identity(g, g.cast(product, 'float16'))];
  });
}

function identity(g: Recorder, x: Value): Value {
  return g.op('Identity', [x], x.shape, x.dtype);
}

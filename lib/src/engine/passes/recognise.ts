/**
 * Compositions that programs write by hand become the single operators that they stand for: softmax, layer
 * normalisation (its core; gain and bias stay as they are) and the exact gelu. Intermediate values that
 * something else still reads, such as a gradient, stay.
 */
import type { Graph, Node, Value } from '../graph';
import { rewrite, type RuleContext } from './rewrite';

export function recognise(graph: Graph): Graph {
  return rewrite(graph, (node, context) => {
    if (node.op === 'Div') return softmax(node, context) ?? standardised(node, context);
    if (node.op === 'Mul') return standardised(node, context) ?? gelu(node, context);
    return undefined;
  });
}

/** exp(x - max(x)) / sum(exp(x - max(x))), or without the maximum, along one axis. */
function softmax(
  { inputs: [top, bottom], outputs: [output] }: Node,
  context: RuleContext,
): Value[] | undefined {
  const sum = context.producer(bottom);
  const exp = context.producer(top);
  if (sum?.op !== 'ReduceSum' || sum.inputs[0] !== top || exp?.op !== 'Exp') return undefined;
  const axes = sum.attrs.axes as readonly number[];
  if (axes.length !== 1 || !sum.attrs.keepdims) return undefined;
  const shifted = context.producer(exp.inputs[0]);
  const max = shifted?.op === 'Sub' ? context.producer(shifted.inputs[1]) : undefined;
  const whole =
    max?.op === 'ReduceMax' &&
    max.inputs[0] === shifted!.inputs[0] &&
    String(max.attrs.axes) === String(axes);
  return [
    context.g.op('Softmax', [whole ? shifted!.inputs[0] : exp.inputs[0]], output.shape, output.dtype, {
      axis: axes[0],
    }),
  ];
}

/** c / sqrt(mean(c c) + eps), or c times its reciprocal, with c = x - mean(x), along the last axis. */
function standardised(
  { op, inputs, outputs: [output] }: Node,
  { g, producer, splat }: RuleContext,
): Value[] | undefined {
  for (const [centred, scale] of op === 'Mul' ? [inputs, [...inputs].reverse()] : [inputs]) {
    const difference = producer(centred);
    const inverse = producer(scale);
    const root = op === 'Mul' ? inverse?.op === 'Reciprocal' && producer(inverse.inputs[0]) : inverse;
    if (difference?.op !== 'Sub' || !root || root.op !== 'Sqrt') continue;
    const [x, mean] = difference.inputs;
    const sum = producer(root.inputs[0]);
    if (!isMeanOf(producer(mean), x) || sum?.op !== 'Add') continue;
    for (const [variance, small] of [sum.inputs, [...sum.inputs].reverse()]) {
      const epsilon = splat(small);
      const average = producer(variance);
      const square = average && producer(average.inputs[0]);
      if (epsilon === undefined || square?.op !== 'Mul' || square.inputs.some((input) => input !== centred))
        continue;
      if (!isMeanOf(average, square.outputs[0])) continue;
      const d = x.shape[x.shape.length - 1];
      return [
        g.op(
          'LayerNormalization',
          [x, g.splat(1, [d], 'float32'), g.splat(0, [d], 'float32')],
          output.shape,
          'float32',
          { axis: -1, epsilon },
        ),
      ];
    }
  }
  return undefined;
}

function isMeanOf(node: Node | undefined, x: Value): boolean {
  const axes = node?.attrs.axes as readonly number[] | undefined;
  return (
    node?.op === 'ReduceMean' &&
    node.inputs[0] === x &&
    axes?.length === 1 &&
    axes[0] === x.shape.length - 1 &&
    node.attrs.keepdims === true
  );
}

/** (x / 2) (1 + erf(x / sqrt 2)), the factors in any order. */
function gelu({ inputs, outputs: [output] }: Node, { g, producer, splat }: RuleContext): Value[] | undefined {
  /** x, if the value is x times the number. */
  const scaled = (value: Value, number: number): Value | undefined => {
    const node = producer(value);
    if (node?.op !== 'Mul') return undefined;
    const at = node.inputs.findIndex((input) => Math.abs((splat(input) ?? NaN) - number) < 1e-6);
    return at < 0 ? undefined : node.inputs[1 - at];
  };
  for (const [half, bracket] of [inputs, [...inputs].reverse()]) {
    const x = scaled(half, 0.5);
    const sum = producer(bracket);
    if (x === undefined || sum?.op !== 'Add') continue;
    const one = sum.inputs.findIndex((input) => splat(input) === 1);
    const erf = one < 0 ? undefined : producer(sum.inputs[1 - one]);
    if (erf?.op === 'Erf' && scaled(erf.inputs[0], Math.SQRT1_2) === x)
      return [g.op('Gelu', [x], output.shape, output.dtype)];
  }
  return undefined;
}

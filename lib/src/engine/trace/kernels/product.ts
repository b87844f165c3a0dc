/** Recorded kernels that multiply matrices. Transposes and a scalar factor are attributes of the product. */
import type { Value } from '../../graph';
import { defineKernel } from '../define';
import type { Recorder } from '../recorder';

defineKernel('BatchMatMul', ['MatMul'], (g, { a, b }, { transposeA, transposeB }) =>
  g.matMul(a, b, !!transposeA, !!transposeB),
);

defineKernel('_FusedMatMul', ['MatMul', 'Add'], (g, { a, b, bias, preluActivationWeights }, attrs) => {
  const product = g.matMul(a, b, !!attrs.transposeA, !!attrs.transposeB);
  const sum = bias === undefined ? product : g.elementwise('Add', [product, bias]);
  return activation(
    g,
    sum,
    attrs.activation ?? 'linear',
    preluActivationWeights,
    attrs.leakyreluAlpha ?? 0.2,
  );
});

defineKernel('Einsum', ['Einsum'], (g, { list }, { equation }: { equation: string }) => {
  const [left, right] = equation.replace(/\s/g, '').split('->');
  const sizes = new Map<string, number>();
  left
    .split(',')
    .forEach((term, i) => [...term].forEach((letter, axis) => sizes.set(letter, list[i].shape[axis])));
  return g.op(
    'Einsum',
    list,
    [...right].map((letter) => sizes.get(letter)!),
    'float32',
    { equation },
  );
});

function activation(g: Recorder, x: Value, name: string, slope: Value | undefined, alpha: number): Value {
  switch (name) {
    case 'linear':
      return x;
    case 'relu':
      return g.elementwise('Relu', [x]);
    case 'relu6':
      return g.op('Clip', [x, g.scalarLike(x, 0), g.scalarLike(x, 6)], x.shape, x.dtype);
    case 'sigmoid':
      return g.elementwise('Sigmoid', [x]);
    case 'elu':
      return g.elementwise('Elu', [x]);
    case 'leakyrelu':
      return g.elementwise('LeakyRelu', [x], x.dtype, { alpha });
    case 'prelu':
      return g.elementwise('PRelu', [x, slope!]);
    default:
      throw new Error(`fused matMul: unknown activation "${name}"`);
  }
}

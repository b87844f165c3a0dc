/**
 * Recorded kernels that work element by element: arithmetic, comparison, logic, functions of one number,
 * select, cast.
 */
import type { Value } from '../../graph';
import { defineKernel } from '../define';
import type { Recorder } from '../recorder';

const binary = (kernel: string, op: string) =>
  defineKernel(kernel, [op], (g, { a, b }) => g.elementwise(op, [a, b]));
binary('Add', 'Add');
binary('Sub', 'Sub');
binary('Multiply', 'Mul');
binary('RealDiv', 'Div');
binary('Pow', 'Pow');
binary('Maximum', 'Max');
binary('Minimum', 'Min');
binary('BitwiseAnd', 'BitwiseAnd');
defineKernel('SquaredDifference', ['Sub', 'Mul'], (g, { a, b }) => square(g, g.elementwise('Sub', [a, b])));
defineKernel('AddN', ['Add'], (g, { list }) => list.reduce((a, b) => g.elementwise('Add', [a, b])));
defineKernel('Atan2', ['Atan', 'Where'], (g, { a, b }) => atan2(g, a, b));

// Rounded towards minus infinity, as in TensorFlow, and always int32. The remainder has the sign of the
// divisor.
defineKernel('FloorDiv', ['Div', 'Floor', 'Mod', 'Cast'], (g, { a, b }) =>
  a.dtype === 'float32'
    ? g.cast(g.elementwise('Floor', [g.elementwise('Div', [a, b])]), 'int32')
    : g.elementwise('Div', [g.elementwise('Sub', [a, g.elementwise('Mod', [a, b])]), b]),
);
defineKernel('Mod', ['Div', 'Floor', 'Mul', 'Sub', 'Mod'], (g, { a, b }) => {
  if (a.dtype !== 'float32') return g.elementwise('Mod', [a, b]);
  const quotient = g.elementwise('Floor', [g.elementwise('Div', [a, b])]);
  return g.elementwise('Sub', [a, g.elementwise('Mul', [quotient, b])]);
});

const comparison = (kernel: string, op: string) =>
  defineKernel(kernel, [op], (g, { a, b }) => g.elementwise(op, [a, b], 'bool'));
comparison('Equal', 'Equal');
comparison('Greater', 'Greater');
comparison('GreaterEqual', 'GreaterOrEqual');
comparison('Less', 'Less');
comparison('LessEqual', 'LessOrEqual');
comparison('LogicalAnd', 'And');
comparison('LogicalOr', 'Or');
comparison('LogicalXor', 'Xor');
defineKernel('NotEqual', ['Equal', 'Not'], (g, { a, b }) => not(g, g.elementwise('Equal', [a, b], 'bool')));
defineKernel('LogicalNot', ['Not'], (g, { x }) => not(g, x));

const unary = (kernel: string, op = kernel) =>
  defineKernel(kernel, [op], (g, { x }) => g.elementwise(op, [x]));
for (const kernel of [
  'Abs',
  'Neg',
  'Sqrt',
  'Exp',
  'Log',
  'Erf',
  'Tanh',
  'Sigmoid',
  'Softplus',
  'Relu',
  'Reciprocal',
])
  unary(kernel);
for (const kernel of [
  'Floor',
  'Ceil',
  'Round',
  'Sign',
  'Sin',
  'Cos',
  'Tan',
  'Asin',
  'Acos',
  'Atan',
  'Sinh',
  'Cosh',
  'Asinh',
  'Acosh',
  'Atanh',
]) {
  unary(kernel);
}
defineKernel('Elu', ['Elu'], (g, { x }) => g.elementwise('Elu', [x]));
defineKernel('EluGrad', ['GreaterOrEqual', 'Add', 'Mul', 'Where'], (g, { dy, y }) => {
  const slope = g.elementwise('Add', [y, g.scalarLike(y, 1)]);
  return where(
    g,
    g.elementwise('GreaterOrEqual', [y, g.scalarLike(y, 0)], 'bool'),
    dy,
    g.elementwise('Mul', [dy, slope]),
  );
});
defineKernel('LeakyRelu', ['LeakyRelu'], (g, { x }, { alpha }) =>
  g.elementwise('LeakyRelu', [x], x.dtype, { alpha }),
);
defineKernel('Prelu', ['PRelu'], (g, { x, alpha }) => g.elementwise('PRelu', [x, alpha]));
defineKernel('Relu6', ['Clip'], (g, { x }) => clip(g, x, 0, 6));
defineKernel('ClipByValue', ['Clip'], (g, { x }, { clipValueMin, clipValueMax }) =>
  clip(g, x, clipValueMin, clipValueMax),
);
defineKernel('Square', ['Mul'], (g, { x }) => square(g, x));
defineKernel('Rsqrt', ['Sqrt', 'Reciprocal'], (g, { x }) =>
  g.elementwise('Reciprocal', [g.elementwise('Sqrt', [x])]),
);
defineKernel('Log1p', ['Log', 'Where'], (g, { x }) => log1p(g, x));
defineKernel('Expm1', ['Exp', 'Tanh', 'Where'], (g, { x }) => expm1(g, x));
defineKernel('Step', ['Greater', 'Where'], (g, { x }, { alpha }) => {
  const positive = g.elementwise('Greater', [x, g.scalarLike(x, 0)], 'bool');
  return alpha ? where(g, positive, g.scalarLike(x, 1), g.scalarLike(x, alpha)) : g.cast(positive, x.dtype);
});
defineKernel('IsNan', ['IsNaN'], (g, { x }) => g.elementwise('IsNaN', [x], 'bool'));
defineKernel('IsInf', ['IsInf'], (g, { x }) => g.elementwise('IsInf', [x], 'bool'));
defineKernel('IsFinite', ['IsNaN', 'IsInf', 'Or', 'Not'], (g, { x }) =>
  not(g, g.elementwise('Or', [g.elementwise('IsNaN', [x], 'bool'), g.elementwise('IsInf', [x], 'bool')])),
);

defineKernel('Cast', ['Cast'], (g, { x }, { dtype }) => g.cast(x, dtype));
defineKernel('Select', ['Where'], (g, { condition, t, e }) => {
  // TensorFlow lets a vector choose among rows; ONNX needs it as a column.
  const column = condition.shape.length === 1 && t.shape.length > 1;
  const mask = column
    ? g.reshape(condition, [condition.shape[0], ...t.shape.slice(1).map(() => 1)])
    : condition;
  return where(g, mask, t, e);
});

function not(g: Recorder, x: Value): Value {
  return g.elementwise('Not', [x], 'bool');
}

function square(g: Recorder, x: Value): Value {
  return g.elementwise('Mul', [x, x]);
}

function where(g: Recorder, condition: Value, t: Value, e: Value): Value {
  return g.elementwise('Where', [condition, t, e], t.dtype);
}

function clip(g: Recorder, x: Value, low: number, high: number): Value {
  return g.op('Clip', [x, g.scalarLike(x, low), g.scalarLike(x, high)], x.shape, x.dtype);
}

/** log(1 + x) without losing digits near zero: log(u) x / (u - 1), with u the rounded 1 + x. */
function log1p(g: Recorder, x: Value): Value {
  const one = g.scalarLike(x, 1);
  const u = g.elementwise('Add', [one, x]);
  const rest = g.elementwise('Sub', [u, one]);
  const exact = g.elementwise('Equal', [rest, x], 'bool');
  const ratio = g.elementwise('Div', [
    x,
    where(g, g.elementwise('Equal', [rest, g.scalarLike(x, 0)], 'bool'), one, rest),
  ]);
  const log = g.elementwise('Log', [u]);
  const small = g.elementwise('Equal', [u, one], 'bool');
  return where(g, small, x, where(g, exact, log, g.elementwise('Mul', [log, ratio])));
}

/** exp(x) - 1; below 1/2 as 2 tanh(x/2) / (1 - tanh(x/2)), which keeps its digits near zero. */
function expm1(g: Recorder, x: Value): Value {
  const one = g.scalarLike(x, 1);
  const t = g.elementwise('Tanh', [g.elementwise('Mul', [x, g.scalarLike(x, 0.5)])]);
  const near = g.elementwise('Div', [g.elementwise('Add', [t, t]), g.elementwise('Sub', [one, t])]);
  const far = g.elementwise('Sub', [g.elementwise('Exp', [x]), one]);
  return where(
    g,
    g.elementwise('Less', [g.elementwise('Abs', [x]), g.scalarLike(x, 0.5)], 'bool'),
    near,
    far,
  );
}

/** The angle of (x, y) in (-pi, pi], from Atan and the quadrant. */
function atan2(g: Recorder, y: Value, x: Value): Value {
  const zero = g.scalarLike(x, 0);
  const left = g.elementwise('Less', [x, zero], 'bool');
  const below = g.elementwise('Less', [y, zero], 'bool');
  const turn = where(g, below, g.scalarLike(x, -Math.PI), g.scalarLike(x, Math.PI));
  const angle = g.elementwise('Atan', [g.elementwise('Div', [y, x])]);
  const origin = g.elementwise('And', [
    g.elementwise('Equal', [x, zero], 'bool'),
    g.elementwise('Equal', [y, zero], 'bool'),
  ]);
  return where(g, origin, zero, g.elementwise('Add', [angle, where(g, left, turn, zero)]));
}

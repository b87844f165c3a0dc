/**
 * Serialises a graph as an ONNX model (opset 18, IR version 9, plus com.microsoft operators).
 *
 * Integer attributes that ONNX wants as int64 inputs (axes, shapes, pads) become shared initialisers here.
 * The graph must already be lowered to operators of the provider it is for.
 */
import { onnx } from 'onnx-proto';
import type { Attribute, ConstantArray, Graph, Node, Value, ValueDType } from '../graph';
import { sizeOf } from '../graph';
import { newConstantArray } from '../arrays';

const OPSET = 18;
const IR_VERSION = 9;

const ONNX_TYPE: Record<ValueDType, number> = {
  float32: onnx.TensorProto.DataType.FLOAT,
  float16: onnx.TensorProto.DataType.FLOAT16,
  int32: onnx.TensorProto.DataType.INT32,
  int64: onnx.TensorProto.DataType.INT64,
  uint32: onnx.TensorProto.DataType.UINT32,
  bool: onnx.TensorProto.DataType.BOOL,
};

/** Operators outside the standard domain. */
const MICROSOFT = new Set([
  'FusedMatMul',
  'BiasGelu',
  'QuickGelu',
  'FastGelu',
  'BiasSoftmax',
  'SkipLayerNormalization',
  'Gelu',
]);

/** Attributes that the standard wants as trailing int64 inputs, in order. */
const OPERANDS: Record<string, readonly string[]> = {
  ReduceSum: ['axes'],
  ReduceMean: ['axes'],
  ReduceMax: ['axes'],
  ReduceMin: ['axes'],
  ReduceProd: ['axes'],
  ReduceLogSumExp: ['axes'],
  ReduceSumSquare: ['axes'],
  Slice: ['starts', 'ends', 'axes', 'steps'],
  Split: ['sizes'],
  Tile: ['repeats'],
  Pad: ['pads'],
  TopK: ['k'],
  CumSum: ['axis'],
};
/** Operators whose operand is the shape of their own result. */
const SHAPED = new Set(['Reshape', 'Expand']);

/** Constants with more elements than this are written as ConstantOfShape, not spelled out. */
const SPLAT_LIMIT = 256;

/**
 * The graph's inputs and outputs get their names from its maps. Values in `given` get the names there; all
 * other names are made up.
 */
export function writeOnnx(
  graph: Graph,
  graphName: string,
  given: ReadonlyMap<Value, string> = new Map(),
): Uint8Array {
  const names = new Map<Value, string>(given);
  for (const [name, value] of graph.inputs) names.set(value, name);
  const nodes: onnx.INodeProto[] = [];
  const initializers: onnx.ITensorProto[] = [];
  const integerLists = new Map<string, string>();

  // Graph outputs get their names. One that is an input, a constant or named twice is passed through
  // Identity.
  const identities: [Value, string][] = [];
  for (const [name, value] of graph.outputs) {
    if (names.has(value) || graph.constants.has(value)) identities.push([value, name]);
    else names.set(value, name);
  }
  const nameOf = (value: Value): string => {
    let name = names.get(value);
    if (name === undefined) names.set(value, (name = `v${value.id}`));
    return name;
  };
  const integers = (list: readonly number[], scalar = false): string => {
    const key = `${scalar ? 's' : 'i'}_${list.join('_')}`;
    if (!integerLists.has(key)) {
      integerLists.set(key, key);
      initializers.push(
        tensorProto(key, 'int64', scalar ? [] : [list.length], newConstantArray('int64', list)),
      );
    }
    return key;
  };

  const used = new Set<Value>([...graph.nodes.flatMap((n) => n.inputs), ...graph.outputs.values()]);
  for (const [value, constant] of graph.constants) {
    if (!used.has(value)) continue;
    const size = sizeOf(value.shape);
    if (!constant.splat)
      initializers.push(tensorProto(nameOf(value), value.dtype, value.shape, constant.data));
    else if (size <= SPLAT_LIMIT && value.dtype !== 'int64') {
      const spelled = newConstantArray(value.dtype, new Array<number>(size).fill(Number(constant.data[0])));
      initializers.push(tensorProto(nameOf(value), value.dtype, value.shape, spelled));
    } else {
      nodes.push({
        opType: 'ConstantOfShape',
        input: [integers(value.shape)],
        output: [nameOf(value)],
        attribute: [
          {
            name: 'value',
            type: onnx.AttributeProto.AttributeType.TENSOR,
            t: tensorProto('', value.dtype, [1], constant.data),
          },
        ],
      });
    }
  }

  for (const node of graph.nodes) nodes.push(nodeProto(node, nameOf, integers));
  for (const [value, name] of identities)
    nodes.push({ opType: 'Identity', input: [nameOf(value)], output: [name] });

  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'elephant',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: graphName,
      node: nodes,
      initializer: initializers,
      input: [...graph.inputs].map(([name, value]) => valueInfo(name, value)),
      output: [...graph.outputs].map(([name, value]) => valueInfo(name, value)),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function nodeProto(
  node: Node,
  nameOf: (v: Value) => string,
  integers: (list: readonly number[], scalar?: boolean) => string,
): onnx.INodeProto {
  const operands = OPERANDS[node.op] ?? [];
  const input = node.inputs.map(nameOf);
  if (SHAPED.has(node.op)) input.push(integers(node.outputs[0].shape));
  for (const operand of operands) {
    const value = node.attrs[operand];
    if (value === undefined) continue;
    const list = typeof value === 'number' ? [value] : (value as readonly number[]);
    // Operands follow the first input: Pad's optional fill value comes last.
    if (node.op === 'CumSum') input.push(integers(list, true));
    else if (node.op === 'Pad') input.splice(1, 0, integers(list));
    else input.push(integers(list));
  }
  return {
    name: `${node.op}_${node.outputs[0].id}`,
    opType: node.op,
    domain: MICROSOFT.has(node.op) ? 'com.microsoft' : '',
    input,
    output: node.outputs.map(nameOf),
    attribute: Object.entries(node.attrs)
      .filter(([name]) => !operands.includes(name))
      .map(([name, value]) =>
        attributeProto(name, node.op === 'Cast' ? ONNX_TYPE[value as ValueDType] : value),
      ),
  };
}

/** Attributes that are floating-point in ONNX, whatever their value looks like in JavaScript. */
const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta', 'epsilon', 'gamma']);

function attributeProto(name: string, value: Attribute): onnx.IAttributeProto {
  const { INT, INTS, FLOAT, STRING } = onnx.AttributeProto.AttributeType;
  if (typeof value === 'string') return { name, type: STRING, s: Buffer.from(value) };
  if (typeof value === 'boolean') return { name, type: INT, i: value ? 1 : 0 };
  if (typeof value === 'number')
    return FLOAT_ATTRIBUTES.has(name) ? { name, type: FLOAT, f: value } : { name, type: INT, i: value };
  return { name, type: INTS, ints: [...value] };
}

function tensorProto(
  name: string,
  dtype: ValueDType,
  shape: readonly number[],
  data: ConstantArray,
): onnx.ITensorProto {
  return {
    name,
    dims: [...shape],
    dataType: ONNX_TYPE[dtype],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function valueInfo(name: string, value: Value): onnx.IValueInfoProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: ONNX_TYPE[value.dtype],
        shape: { dim: value.shape.map((n) => ({ dimValue: n })) },
      },
    },
  };
}

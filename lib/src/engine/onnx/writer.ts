/**
 * Serialises a graph as an ONNX model (opset 18, IR version 9, plus com.microsoft operators).
 *
 * Integer attributes that ONNX wants as int64 inputs (axes, shapes, pads) become shared initialisers here.
 * The graph must already be lowered to operators of the provider it is for.
 */
import { onnx } from 'onnx-proto';
import type { Attribute, Constant, ConstantArray, Graph, Node, Value, ValueDType } from '../graph';
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
  const parts = new ModelParts(given);
  for (const [name, value] of graph.inputs) parts.setName(value, name);
  // Graph outputs get their names. One that is an input, a constant or named twice is passed through
  // Identity.
  const identities: [Value, string][] = [];
  for (const [name, value] of graph.outputs) {
    if (parts.hasName(value) || graph.constants.has(value)) identities.push([value, name]);
    else parts.setName(value, name);
  }
  const used = new Set<Value>([...graph.nodes.flatMap((n) => n.inputs), ...graph.outputs.values()]);
  for (const [value, constant] of graph.constants) if (used.has(value)) parts.addConstant(value, constant);
  for (const node of graph.nodes) parts.nodes.push(nodeProto(node, parts));
  for (const [value, name] of identities)
    parts.nodes.push({ opType: 'Identity', input: [parts.nameOf(value)], output: [name] });

  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'elephant',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: graphName,
      node: parts.nodes,
      initializer: parts.initializers,
      input: [...graph.inputs].map(([name, value]) => valueInfo(name, value)),
      output: [...graph.outputs].map(([name, value]) => valueInfo(name, value)),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

/** Nodes and initialisers as they are added, and the names of the values between them. */
class ModelParts {
  readonly nodes: onnx.INodeProto[] = [];
  readonly initializers: onnx.ITensorProto[] = [];
  private readonly names: Map<Value, string>;
  private readonly integerLists = new Set<string>();

  constructor(given: ReadonlyMap<Value, string>) {
    this.names = new Map(given);
  }

  hasName(value: Value): boolean {
    return this.names.has(value);
  }

  setName(value: Value, name: string): void {
    this.names.set(value, name);
  }

  /** Made up if there is none yet. */
  nameOf(value: Value): string {
    let name = this.names.get(value);
    if (name === undefined) this.names.set(value, (name = `v${value.id}`));
    return name;
  }

  /** The name of an initialiser with these integers, or with the one integer as a scalar. */
  integers(list: readonly number[], scalar = false): string {
    const name = `${scalar ? 's' : 'i'}_${list.join('_')}`;
    if (!this.integerLists.has(name)) {
      this.integerLists.add(name);
      this.initializers.push(
        tensorProto(name, 'int64', scalar ? [] : [list.length], newConstantArray('int64', list)),
      );
    }
    return name;
  }

  /** As an initialiser, or as a node that fills a large constant of one value. */
  addConstant(value: Value, { splat, data }: Constant): void {
    const { dtype, shape } = value;
    const size = sizeOf(shape);
    if (!splat) this.initializers.push(tensorProto(this.nameOf(value), dtype, shape, data));
    else if (size <= SPLAT_LIMIT && dtype !== 'int64') {
      const spelled = newConstantArray(dtype, new Array<number>(size).fill(Number(data[0])));
      this.initializers.push(tensorProto(this.nameOf(value), dtype, shape, spelled));
    } else {
      const filled = {
        name: 'value',
        type: onnx.AttributeProto.AttributeType.TENSOR,
        t: tensorProto('', dtype, [1], data),
      };
      this.nodes.push({
        opType: 'ConstantOfShape',
        input: [this.integers(shape)],
        output: [this.nameOf(value)],
        attribute: [filled],
      });
    }
  }
}

function nodeProto(node: Node, parts: ModelParts): onnx.INodeProto {
  const operands = OPERANDS[node.op] ?? [];
  const input = node.inputs.map((value) => parts.nameOf(value));
  if (SHAPED.has(node.op)) input.push(parts.integers(node.outputs[0].shape));
  for (const operand of operands) {
    const value = node.attrs[operand];
    if (value === undefined) continue;
    const list = typeof value === 'number' ? [value] : (value as readonly number[]);
    // Operands follow the first input: Pad's optional fill value comes last.
    if (node.op === 'CumSum') input.push(parts.integers(list, true));
    else if (node.op === 'Pad') input.splice(1, 0, parts.integers(list));
    else input.push(parts.integers(list));
  }
  return {
    name: `${node.op}_${node.outputs[0].id}`,
    opType: node.op,
    domain: MICROSOFT.has(node.op) ? 'com.microsoft' : '',
    input,
    output: node.outputs.map((value) => parts.nameOf(value)),
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

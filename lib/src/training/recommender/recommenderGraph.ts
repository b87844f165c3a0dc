/**
 * The ONNX graph around a recommender's encoder: histories of any number and length in, the best next items
 * out. The encoder, whose shapes are fixed, runs once per history (Scan); scores of a batch are one product.
 *
 *     history int64 [batch, length]  item ids from 1, oldest first; 0 fills up shorter ones in front
 *     top     int64 [1]              how many items; more than there are gives all
 *     items   int64 [batch, top]     ids, best first; of equal scores the smaller id first
 *     scores  float [batch, top]     -Infinity for what is left out: items of the history, unless `repeats`
 *
 * ONNX cannot raise errors of its own. An id that is not an item, and a history that does not end with one,
 * are therefore looked up outside a table. The lookup's name, which runtimes print, says what was expected.
 */
import { onnx } from 'onnx-proto';

export interface RecommenderGraph {
  /** Input `ids` int32 [maxLength], one output [dim]; initialisers by the names of the weights. */
  encoder: onnx.IGraphProto;
  items: number;
  maxLength: number;
  /** Names of initialisers: vectors that items are scored against [items + 1, dim], a bias [items + 1]. */
  classes: string;
  bias?: string;
  /** Items of the history may come again. */
  repeats: boolean;
}

const { FLOAT, INT64, INT32 } = onnx.TensorProto.DataType;
/** Slices to the end of an axis. */
const END = Number.MAX_SAFE_INTEGER;

export function recommenderGraph(options: RecommenderGraph): onnx.IGraphProto {
  const { encoder, items, maxLength, classes, bias, repeats } = options;
  const { initializer, ...rest } = encoder;
  // Declared even if the encoder reads none of the ids (BERT4Rec with maxLength 1): Scan gives it a row.
  const body = { ...rest, input: [tensor('ids', INT32, [maxLength], 'the newest item ids')] };
  const lookup = `history: expected item ids from 1 to ${items}, the newest last`;
  const offered = repeats ? 'all' : 'others';
  return {
    name: 'recommender',
    // The encoder reads these from the outer graph, which shares them with the scoring.
    initializer: [...initializer!, ...constants(items, maxLength)],
    node: [
      node('Pad', ['history', 'room'], ['filled']),
      node('Slice', ['filled', 'first', 'last', 'axis'], ['earlier']),
      node('Slice', ['filled', 'last', 'end', 'axis'], ['newest']),
      node('Less', ['newest', 'one'], ['absent']),
      node('Where', ['absent', 'outside', 'newest'], ['required']),
      node('Concat', ['earlier', 'required'], ['marked'], [integer('axis', 1)]),
      node('Less', ['marked', 'zero'], ['negative']),
      node('Where', ['negative', 'outside', 'marked'], ['checked']),
      node('Gather', ['known', 'checked'], ['ids'], [], lookup),
      node('Slice', ['ids', 'window', 'end', 'axis'], ['windows']),
      node('Cast', ['windows'], ['rows'], [integer('to', INT32)]),
      node('Scan', ['rows'], ['vectors'], [integer('num_scan_inputs', 1), subgraph('body', body)]),
      node(
        'Gemm',
        ['vectors', classes, ...(bias === undefined ? [] : [bias])],
        ['all'],
        [integer('transB', 1)],
      ),
      ...(repeats ? [] : withoutHistory()),
      // Column 0 is padding.
      node('Slice', [offered, 'second', 'end', 'axis'], ['offered']),
      node('Min', ['top', 'count'], ['most']),
      node('TopK', ['offered', 'most'], ['scores', 'columns'], [integer('axis', 1)]),
      node('Add', ['columns', 'one'], ['items']),
    ],
    input: [
      tensor(
        'history',
        INT64,
        ['batch', 'length'],
        'item ids, oldest first; 0 in front of shorter histories',
      ),
      tensor('top', INT64, [1], 'how many items'),
    ],
    output: [
      tensor('items', INT64, ['batch', 'top'], 'ids of the best next items, best first'),
      tensor('scores', FLOAT, ['batch', 'top'], 'their scores; -Infinity for items that are left out'),
    ],
  };
}

function withoutHistory(): onnx.INodeProto[] {
  return [
    node('Shape', ['ids'], ['shape']),
    node('Expand', ['never', 'shape'], ['nevers']),
    node('ScatterElements', ['all', 'ids', 'nevers'], ['others'], [integer('axis', 1)]),
  ];
}

function constants(items: number, maxLength: number): onnx.ITensorProto[] {
  const ids = Array.from({ length: items + 1 }, (_, id) => id);
  return [
    integers('room', [0, maxLength, 0, 0]),
    integers('first', [0]),
    integers('second', [1]),
    integers('last', [-1]),
    integers('end', [END]),
    integers('axis', [1]),
    integers('window', [-maxLength]),
    integers('zero', 0),
    integers('one', 1),
    integers('outside', items + 1),
    integers('known', ids),
    integers('count', [items]),
    { name: 'never', dims: [], dataType: FLOAT, rawData: bytesOf(Float32Array.of(-Infinity)) },
  ];
}

function integers(name: string, values: number | readonly number[]): onnx.ITensorProto {
  const list = typeof values === 'number' ? [values] : values;
  const dims = typeof values === 'number' ? [] : [list.length];
  return { name, dims, dataType: INT64, rawData: bytesOf(BigInt64Array.from(list, BigInt)) };
}

function bytesOf({ buffer }: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer);
}

function node(
  opType: string,
  input: string[],
  output: string[],
  attribute: onnx.IAttributeProto[] = [],
  name = output[0],
): onnx.INodeProto {
  return { opType, name, input, output, attribute };
}

function integer(name: string, i: number): onnx.IAttributeProto {
  return { name, type: onnx.AttributeProto.AttributeType.INT, i };
}

function subgraph(name: string, g: onnx.IGraphProto): onnx.IAttributeProto {
  return { name, type: onnx.AttributeProto.AttributeType.GRAPH, g };
}

/** A size is a number, or a name if it is known only when the model runs. */
function tensor(
  name: string,
  elemType: number,
  sizes: readonly (number | string)[],
  docString: string,
): onnx.IValueInfoProto {
  const dim = sizes.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, docString, type: { tensorType: { elemType, shape: { dim } } } };
}

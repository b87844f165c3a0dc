/**
 * A trained recommender as one standard .onnx file, to serve it without this library: in any ONNX runtime and
 * any language. recommenderGraph.ts describes its inputs and outputs.
 */
import { createHash } from 'node:crypto';
import { onnx } from 'onnx-proto';
import { createEngine } from '../../engine/engine';
import { onnxModel, writeModel } from '../../engine/exportOnnx';
import type { Engine, NamedHostTensors } from '../../engine/types';
import { requireKnownOptions } from '../../errors';
import { itemVectors } from '../../models/itemEmbedding';
import { libraryVersion } from '../../project';
import { writeFileAtomic } from '../../writeAside';
import { type Catalogue, requireCatalogue } from './catalogue';
import { historyProgram } from './historyProgram';
import { recommenderModel } from './models';
import { recommenderGraph } from './recommenderGraph';
import type { RecommenderResult } from './trainRecommender';

/** What the exported model answers. */
export interface ExportOptions {
  /** Items of the history may be recommended again; by default they are left out. */
  repeats?: boolean;
}

/** Path of the item keys of an exported model: "x.onnx" -> "x.items.json". */
export function exportedKeysPath(file: string): string {
  return `${file.replace(/\.onnx$/, '')}.items.json`;
}

/**
 * Writes `file`, and beside it the item keys as a JSON list (exportedKeysPath), with the key of item id i at
 * index i - 1. Each file appears whole or not at all. Scores are those of `recommend`. `catalogue`: the
 * dataset that the model was trained on.
 * @throws InputError for another dataset, for weights of more than 2 GiB, and for an unknown option.
 * @example
 * ```ts
 * import { exportRecommender, readOwn, trainRecommender } from 'elephant';
 * const dataset = await readOwn('examples/shop');
 * const run = await trainRecommender({ dataset, model: 'sasrec', loss: 'ce', dim: 16, epochs: 20 });
 * await exportRecommender(run, dataset, 'shop.onnx'); // and shop.items.json
 * ```
 */
export async function exportRecommender(
  { options, fingerprint, weights }: Pick<RecommenderResult, 'options' | 'fingerprint' | 'weights'>,
  catalogue: Catalogue,
  file: string,
  given: ExportOptions = {},
): Promise<void> {
  requireKnownOptions('exportRecommender', given, { repeats: true });
  const { repeats = false } = given;
  requireCatalogue('exportRecommender', fingerprint, catalogue);
  const { items, itemKeys } = catalogue;
  const { model: kind, maxLength } = options;
  const engine = await createEngine({ provider: 'cpu' });
  try {
    const tensors = await withItemTable(engine, weights);
    const encoder = await onnxModel(historyProgram(options, items), engine.createState(tensors));
    const { classes, bias } = recommenderModel(kind).outputNames(options);
    const keys = JSON.stringify(itemKeys);
    const metadata = {
      format: 'elephant-recommender',
      version: libraryVersion(),
      model: kind,
      dataset: catalogue.name,
      fingerprint,
      items,
      maxLength,
      repeats,
      itemKeysSha256: createHash('sha256').update(keys).digest('hex'),
      options: JSON.stringify(options),
    };
    const graph = recommenderGraph({
      encoder: withTensors(encoder.graph!, tensors, bias === undefined ? [classes] : [classes, bias]),
      items,
      maxLength,
      classes,
      bias,
      repeats,
    });
    const model = onnx.ModelProto.create({
      irVersion: encoder.irVersion,
      opsetImport: encoder.opsetImport,
      producerName: 'elephant',
      producerVersion: libraryVersion(),
      docString: `${kind} trained on ${catalogue.name}: the best next items after a history of item ids`,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value: String(value) })),
      graph,
    });
    writeFileAtomic(exportedKeysPath(file), keys);
    await writeModel(model, file);
  } finally {
    await engine.dispose();
  }
}

/** The weights with the item vectors as one table, computed if they come from several (itemEmbedding.ts). */
async function withItemTable(engine: Engine, weights: NamedHostTensors): Promise<NamedHostTensors> {
  const { 'item/fixed': fixed, 'item/projection': projection, ...others } = weights;
  if (fixed === undefined && projection === undefined) return weights;
  const program = {
    name: 'item vectors',
    inputs: {},
    outputs: (params: never) => ({ table: itemVectors(params) }),
  };
  const { table } = await (await engine.compile(program, engine.createState(weights))).run({});
  return { ...others, 'item/table': table };
}

/** The graph with initialisers of these `names` too, if the encoder does not use them. */
function withTensors(
  graph: onnx.IGraphProto,
  tensors: NamedHostTensors,
  names: readonly string[],
): onnx.IGraphProto {
  const initializer = graph.initializer!;
  const absent = names.filter((name) => !initializer.some((tensor) => tensor.name === name));
  const added = absent.map((name): onnx.ITensorProto => {
    const { shape, data } = tensors[name];
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { name, dims: [...shape], dataType: onnx.TensorProto.DataType.FLOAT, rawData };
  });
  return { ...graph, initializer: [...initializer, ...added] };
}

/** A language model as a stage result and back: its configuration as JSON, its weights as arrays. */
import type { HostTensor, NamedHostTensors } from '../../engine/types';
import type { LanguageModel } from '../../models/longformer/loadModel';
import type { StageResult } from '../../pipeline/stage';

const WEIGHTS = 'model/';
const HEAD = 'head of model/';

/** All of a language model but its weights. */
export type StoredModel = Omit<LanguageModel, 'weights' | 'head'>;

/** What every stage says that leaves a language model. */
export interface ModelFacts {
  model: StoredModel;
}

export function storeModel({
  config,
  weights,
  head,
  padToken,
  pooling,
  normalise,
}: LanguageModel): StageResult<StoredModel> {
  const arrays: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(weights)) arrays[WEIGHTS + name] = tensor;
  for (const [name, tensor] of Object.entries(head ?? {})) arrays[HEAD + name] = tensor;
  return { json: { config: { ...config }, padToken, pooling, normalise }, arrays };
}

/** The model that `result` holds. Arrays that are not of the model (tables, ranks) are left alone. */
export function loadModel({ json, arrays }: StageResult<ModelFacts>): LanguageModel {
  const { config, padToken, pooling, normalise } = json.model;
  const head = part(arrays, HEAD);
  return {
    config,
    padToken,
    pooling,
    normalise,
    weights: part(arrays, WEIGHTS),
    head: Object.keys(head).length > 0 ? head : undefined,
  };
}

function part(arrays: NamedHostTensors, prefix: string): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

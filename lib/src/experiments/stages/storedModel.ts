/** A language model as a stage result and back: its configuration as JSON, its weights as arrays. */
import { underPrefix, withPrefix } from '../../engine/prefixes';
import type { LanguageModel } from '../../models/languageModel';
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
  return {
    json: { config: { ...config }, padToken, pooling, normalise },
    arrays: { ...withPrefix(WEIGHTS, weights), ...withPrefix(HEAD, head ?? {}) },
  };
}

/** The model that `result` holds. Arrays that are not of the model (tables, ranks) are left alone. */
export function loadModel({ json, arrays }: StageResult<ModelFacts>): LanguageModel {
  const { config, padToken, pooling, normalise } = json.model;
  const head = underPrefix(HEAD, arrays);
  return {
    config,
    padToken,
    pooling,
    normalise,
    weights: underPrefix(WEIGHTS, arrays),
    head: Object.keys(head).length > 0 ? head : undefined,
  };
}

/** Weights of a trained recommender as arrays of a stage result and back, by the model's names. */
import { underPrefix, withPrefix } from '../../engine/prefixes';
import type { NamedHostTensors } from '../../engine/types';

const WEIGHTS = 'weights/';

export function storeWeights(weights: NamedHostTensors): NamedHostTensors {
  return withPrefix(WEIGHTS, weights);
}

/** Arrays that are not weights, such as ranks, are left out. */
export function loadWeights(arrays: NamedHostTensors): NamedHostTensors {
  return underPrefix(WEIGHTS, arrays);
}

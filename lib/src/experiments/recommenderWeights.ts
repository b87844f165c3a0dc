/** The weights of a trained recommender, by the model's names, from its stage's result. */
import type { NamedHostTensors } from '../engine/types';

const WEIGHTS = 'weights/';

export function recommenderWeights(arrays: NamedHostTensors): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith(WEIGHTS))
      .map(([name, tensor]) => [name.slice(WEIGHTS.length), tensor]),
  );
}

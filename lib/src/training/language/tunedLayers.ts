/** Which weights a stage trains (method 6.8): all, or a set of layers with everything else fixed. */
import { InputError } from '../../errors';
import { layerOf } from '../../models/encoder/parameters';

/**
 * "all": every weight. A list: these layers, counted from 0; embeddings fixed. An empty list trains nothing
 * of the encoder.
 */
export type TunedLayers = 'all' | readonly number[];

/** Share of the layers that the backward pass reaches. */
export function reachedLayers(tuned: TunedLayers, layers: number): number {
  return tuned === 'all' ? 1 : (layers - Math.min(layers, ...tuned)) / layers;
}

/**
 * Filter over weight names. The head for masked tokens is trained wherever it is used (D36). The item table
 * is never trained here.
 * @throws InputError for a layer that the model does not have.
 */
export function tunedWeights(
  tuned: TunedLayers,
  layers: number,
  options: { freezeWords: boolean },
): (name: string) => boolean {
  if (tuned !== 'all') {
    const wrong = tuned.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= layers);
    if (wrong !== undefined)
      throw new InputError(
        'tuned layers',
        `expected layers 0 to ${layers - 1}, got ${wrong}`,
        'Layers are counted from 0',
      );
  }
  return (name) => {
    if (name.startsWith('head/')) return true;
    const layer = layerOf(name);
    if (tuned !== 'all') return layer !== undefined && tuned.includes(layer);
    if (layer !== undefined) return true;
    return name.startsWith('embeddings/') && !(options.freezeWords && name === 'embeddings/words');
  };
}

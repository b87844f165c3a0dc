/**
 * Writes a windowed encoder as a folder that Hugging Face's LongformerModel opens: config.json, and
 * model.safetensors with published names. RECFORMER's item positions are saved too, under a name of their
 * own.
 */
import { join } from 'node:path';
import { writeSafetensors } from '../../engine/safetensors/safetensors';
import type { NamedHostTensors } from '../../engine/types';
import { writeFileAtomic } from '../../writeAside';
import { configJson } from './configFile';
import type { LanguageModel } from '../languageModel';
import { type WeightPlace, encoderPlaces, headPlaces } from './weightNames';

/**
 * Writes a windowed model to a folder that Hugging Face's LongformerModel opens. `tokenizer` is the parsed
 * tokenizer.json to put beside the weights.
 */
export async function saveModel(
  folder: string,
  model: LanguageModel,
  tokenizer?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const json = configJson(model.config, model.padToken);
  await writeSafetensors(join(folder, 'model.safetensors'), publishedWeights(model), { format: 'pt' });
  if (tokenizer !== undefined)
    writeFileAtomic(join(folder, 'tokenizer.json'), `${JSON.stringify(tokenizer)}\n`);
  writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(json, null, 2)}\n`);
}

/**
 * All tensors under published names; with a head, the encoder's carry the prefix "longformer." as in
 * published files.
 */
export function publishedWeights({
  config,
  weights,
  head,
}: Pick<LanguageModel, 'config' | 'weights' | 'head'>): NamedHostTensors {
  const prefix = head === undefined ? '' : 'longformer.';
  const places = encoderPlaces(config).map((place) => ({ ...place, file: prefix + place.file }));
  return {
    ...takeApart(places, weights),
    ...(head === undefined ? {} : takeApart(headPlaces('roberta'), head)),
  };
}

function takeApart(places: readonly WeightPlace[], weights: NamedHostTensors): NamedHostTensors {
  const tensors: NamedHostTensors = {};
  for (const { file, name, transposed, columns } of places) {
    const { shape, data } = weights[name];
    const width = shape[shape.length - 1];
    const [from, to] = columns ?? [0, width];
    if (!transposed) {
      const part = shape.length === 1 ? data.slice(from, to) : data;
      tensors[file] = { shape: shape.length === 1 ? [to - from] : [...shape], dtype: 'float32', data: part };
      continue;
    }
    const rows = shape[0];
    const turned = new Float32Array((to - from) * rows);
    for (let o = 0; o < to - from; o++)
      for (let i = 0; i < rows; i++) turned[o * rows + i] = data[i * width + from + o];
    tensors[file] = { shape: [to - from, rows], dtype: 'float32', data: turned };
  }
  return tensors;
}

/**
 * Names, shapes and initial values of an encoder's weights. Kernels are [in, out]. Query, key and value share
 * one kernel, so that one product computes all three; published files keep them apart
 * (longformer/weightNames.ts).
 */
import type { NamedHostTensors } from '../../engine/types';
import type { Random } from '../../random';
import { constant, normal } from '../initialise';
import type { EncoderConfig } from './config';

/** Shape of every weight by name. */
export function encoderShapes(config: EncoderConfig): Record<string, readonly number[]> {
  const { hidden: d, intermediate } = config;
  const shapes: Record<string, readonly number[]> = {
    'embeddings/words': [config.vocabulary, d],
    'embeddings/positions': [config.positions, d],
    'embeddings/types': [config.tokenTypes, d],
  };
  if (config.itemPositions > 0) shapes['embeddings/itemPositions'] = [config.itemPositions, d];
  if (config.relativeBuckets !== undefined)
    shapes['attention/relativeBias'] = [config.relativeBuckets, config.heads];
  const norm = (name: string): void => {
    shapes[`${name}/gain`] = [d];
    shapes[`${name}/bias`] = [d];
  };
  const layer = (name: string, from: number, to: number): void => {
    shapes[`${name}/kernel`] = [from, to];
    shapes[`${name}/bias`] = [to];
  };
  norm('embeddings/norm');
  for (let i = 0; i < config.layers; i++) {
    layer(`layer${i}/attention/local`, d, 3 * d);
    if (config.attention === 'window') {
      layer(`layer${i}/attention/globalQuery`, d, d);
      layer(`layer${i}/attention/globalKeyValue`, d, 2 * d);
    }
    layer(`layer${i}/attention/output`, d, d);
    norm(`layer${i}/attention/norm`);
    layer(`layer${i}/forward/inner`, d, intermediate);
    layer(`layer${i}/forward/outer`, intermediate, d);
    norm(`layer${i}/forward/norm`);
  }
  return shapes;
}

/** Fresh weights: N(0, initializerStd), biases 0, layer norms 1 and 0 (method 4.1). */
export function initialEncoder(config: EncoderConfig, random: Random): NamedHostTensors {
  return initialise(encoderShapes(config), config.initializerStd, random);
}

/**
 * Names and shapes of the head that predicts masked tokens (method 4.6). Its decoder is not tied to the word
 * table (D26).
 */
export function languageHeadShapes({
  hidden: d,
  vocabulary,
}: EncoderConfig): Record<string, readonly number[]> {
  return {
    'head/transform/kernel': [d, d],
    'head/transform/bias': [d],
    'head/norm/gain': [d],
    'head/norm/bias': [d],
    'head/decoder/kernel': [d, vocabulary],
    'head/decoder/bias': [vocabulary],
  };
}

export function initialLanguageHead(config: EncoderConfig, random: Random): NamedHostTensors {
  return initialise(languageHeadShapes(config), config.initializerStd, random);
}

function initialise(
  shapes: Record<string, readonly number[]>,
  std: number,
  random: Random,
): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      name.endsWith('/gain')
        ? constant(shape, 1)
        : name.endsWith('/bias')
          ? constant(shape, 0)
          : normal(random, shape, std),
    ]),
  );
}

/** Index of the encoder layer that a weight belongs to; undefined for embeddings and heads. */
export function layerOf(name: string): number | undefined {
  const match = /^layer(\d+)\//.exec(name);
  return match === null ? undefined : Number(match[1]);
}

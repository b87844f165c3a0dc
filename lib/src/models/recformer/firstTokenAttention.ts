/**
 * What Figure 1 shows (method 6.10): for one sequence of items, the attention of `<s>` over all tokens, per
 * layer and head, in evaluation mode. Also three statistics of it: how similar layers are, how much goes to
 * the first tokens of items, and how it depends on recency.
 */
import type { Engine, Program, State } from '../../engine/types';
import type { EncoderConfig } from '../encoder/config';
import { encoder } from '../encoder/encoder';
import { encoderSpecs, packBatch } from '../encoder/packing';
import type { SequenceTokens } from '../../text/recformerInput';

export interface FirstTokenAttention {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
  /** [layers, heads, tokens], each row a distribution. */
  readonly data: Float32Array;
}

export async function firstTokenAttention(
  engine: Engine,
  state: State,
  config: EncoderConfig,
  sequence: SequenceTokens,
  padToken: number,
): Promise<FirstTokenAttention> {
  const tokens = sequence.tokens.length;
  const shape = { rows: 1, rowLength: Math.ceil(tokens / 32) * 32, slots: 1 };
  const program: Program = {
    name: 'attention of <s>',
    inputs: encoderSpecs(config, shape),
    outputs: (params, inputs, context) => {
      const { attentions } = encoder(params, inputs, context, config, shape, { pooledOnly: true });
      return Object.fromEntries(attentions.map((a, layer) => [`layer${layer}`, a]));
    },
  };
  const compiled = await engine.compile(program, state);
  try {
    const { feeds } = packBatch(config, shape, [[0]], [sequence], padToken);
    const outputs = await compiled.run(feeds);
    const { layers, heads } = config;
    const data = new Float32Array(layers * heads * tokens);
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        const row = outputs[`layer${layer}`].data.subarray(
          head * shape.rowLength,
          head * shape.rowLength + tokens,
        );
        data.set(row as Float32Array, (layer * heads + head) * tokens);
      }
    }
    return { layers, heads, tokens, data };
  } finally {
    compiled.dispose();
  }
}

export interface AttentionStatistics {
  /** Strata of layers, in thirds from below: 0-3, 4-7 and 8-11 of twelve. */
  readonly strata: readonly (readonly number[])[];
  /**
   * Mean cosine between the rows of two layers' heads, averaged over pairs of layers within one stratum and
   * across strata.
   */
  readonly similarityWithin: readonly number[];
  readonly similarityBetween: readonly {
    readonly strata: readonly [number, number];
    readonly similarity: number;
  }[];
  /**
   * Per layer: share of attention on the first token of each item, mean over heads, not counting `<s>`
   * itself.
   */
  readonly firstTokenShare: readonly number[];
  /** In the highest stratum: share of attention per item, newest first, mean over heads and layers. */
  readonly recencyShare: readonly number[];
}

/** The three statistics of the strata, for one sequence. */
export function attentionStatistics(
  attention: FirstTokenAttention,
  sequence: SequenceTokens,
): AttentionStatistics {
  const { layers, heads, tokens, data } = attention;
  const row = (layer: number, head: number): Float32Array =>
    data.subarray((layer * heads + head) * tokens, (layer * heads + head + 1) * tokens);
  const third = (k: number): number => Math.round((k * layers) / 3);
  const strata = [0, 1, 2].map((k) =>
    Array.from({ length: third(k + 1) - third(k) }, (_, i) => third(k) + i),
  );
  const layerSimilarity = (a: number, b: number): number => {
    let sum = 0;
    for (let g = 0; g < heads; g++) for (let h = 0; h < heads; h++) sum += cosine(row(a, g), row(b, h));
    return sum / (heads * heads);
  };
  const meanOver = (pairs: [number, number][]): number =>
    pairs.reduce((sum, [a, b]) => sum + layerSimilarity(a, b), 0) / pairs.length;
  const pairsWithin = (stratum: number[]): [number, number][] =>
    stratum.flatMap((a) => stratum.filter((b) => b > a).map((b): [number, number] => [a, b]));
  const { itemPositions } = sequence;
  const isFirst = Array.from(
    itemPositions,
    (position, i) => position > 0 && itemPositions[i - 1] !== position,
  );
  const itemCount = itemPositions.reduce((max, p) => Math.max(max, p), 0);
  const share = (layer: number, counts: (token: number) => boolean): number => {
    let sum = 0;
    for (let h = 0; h < heads; h++) row(layer, h).forEach((p, i) => (sum += counts(i) ? p : 0));
    return sum / heads;
  };
  const highest = strata[2];
  return {
    strata,
    similarityWithin: strata.map((stratum) => (stratum.length < 2 ? 1 : meanOver(pairsWithin(stratum)))),
    similarityBetween: (
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const
    ).map((pair) => ({
      strata: pair,
      similarity: meanOver(
        strata[pair[0]].flatMap((a) => strata[pair[1]].map((b): [number, number] => [a, b])),
      ),
    })),
    firstTokenShare: Array.from({ length: layers }, (_, layer) => share(layer, (i) => isFirst[i])),
    recencyShare: Array.from(
      { length: itemCount },
      (_, k) =>
        highest.reduce((sum, layer) => sum + share(layer, (i) => itemPositions[i] === k + 1), 0) /
        highest.length,
    ),
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return dot / Math.sqrt(aa * bb);
}

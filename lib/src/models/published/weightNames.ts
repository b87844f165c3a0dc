/**
 * Maps each tensor of a published file to a part of our weights. Files keep every projection apart and store
 * kernels as [out, in]; we keep query, key and value in one kernel [in, out]. Both directions use this one
 * list.
 */
import type { EncoderConfig } from '../encoder/config';

/** One tensor of a file and where it belongs. */
export interface WeightPlace {
  /** Name in the file, without the prefix of the architecture ("bert.", "roberta.", "longformer."). */
  readonly file: string;
  /** Our name. */
  readonly name: string;
  /** Kernels are transposed from [out, in] to [in, out]; everything else is copied. */
  readonly transposed: boolean;
  /** Columns [from, to) of our tensor's last axis; all if absent. */
  readonly columns?: readonly [from: number, to: number];
}

const BERT_LAYER = {
  layers: 'encoder.layer',
  projections: ['attention.self.query', 'attention.self.key', 'attention.self.value'],
  output: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  inner: 'intermediate.dense',
  outer: 'output.dense',
  forwardNorm: 'output.LayerNorm',
};

/** Names within a layer, by architecture. */
const LAYER_NAMES: Readonly<Record<WeightNaming, typeof BERT_LAYER>> = {
  bert: BERT_LAYER,
  mpnet: {
    ...BERT_LAYER,
    projections: ['attention.attn.q', 'attention.attn.k', 'attention.attn.v'],
    output: 'attention.attn.o',
    attentionNorm: 'attention.LayerNorm',
  },
  distilbert: {
    layers: 'transformer.layer',
    projections: ['attention.q_lin', 'attention.k_lin', 'attention.v_lin'],
    output: 'attention.out_lin',
    attentionNorm: 'sa_layer_norm',
    inner: 'ffn.lin1',
    outer: 'ffn.lin2',
    forwardNorm: 'output_layer_norm',
  },
};

/**
 * Architectures whose files name the same parts differently. RoBERTa and Longformer use the names of "bert".
 */
export type WeightNaming = 'bert' | 'distilbert' | 'mpnet';

/** Places of the encoder's weights. */
export function encoderPlaces(config: EncoderConfig, naming: WeightNaming = 'bert'): WeightPlace[] {
  const names = LAYER_NAMES[naming];
  const d = config.hidden;
  const places: WeightPlace[] = [];
  const copy = (file: string, name: string): void => void places.push({ file, name, transposed: false });
  const norm = (file: string, name: string): void => {
    copy(`${file}.weight`, `${name}/gain`);
    copy(`${file}.bias`, `${name}/bias`);
  };
  const linear = (file: string, name: string, columns?: readonly [number, number]): void => {
    places.push({ file: `${file}.weight`, name: `${name}/kernel`, transposed: true, columns });
    places.push({ file: `${file}.bias`, name: `${name}/bias`, transposed: false, columns });
  };
  copy('embeddings.word_embeddings.weight', 'embeddings/words');
  copy('embeddings.position_embeddings.weight', 'embeddings/positions');
  if (naming === 'bert') copy('embeddings.token_type_embeddings.weight', 'embeddings/types');
  if (config.relativeBuckets !== undefined)
    copy('encoder.relative_attention_bias.weight', 'attention/relativeBias');
  if (config.itemPositions > 0)
    copy('embeddings.item_position_embeddings.weight', 'embeddings/itemPositions');
  norm('embeddings.LayerNorm', 'embeddings/norm');
  for (let i = 0; i < config.layers; i++) {
    const [file, name] = [`${names.layers}.${i}`, `layer${i}`];
    names.projections.forEach((part, k) =>
      linear(`${file}.${part}`, `${name}/attention/local`, [k * d, (k + 1) * d]),
    );
    if (config.attention === 'window') {
      linear(`${file}.attention.self.query_global`, `${name}/attention/globalQuery`);
      linear(`${file}.attention.self.key_global`, `${name}/attention/globalKeyValue`, [0, d]);
      linear(`${file}.attention.self.value_global`, `${name}/attention/globalKeyValue`, [d, 2 * d]);
    }
    linear(`${file}.${names.output}`, `${name}/attention/output`);
    norm(`${file}.${names.attentionNorm}`, `${name}/attention/norm`);
    linear(`${file}.${names.inner}`, `${name}/forward/inner`);
    linear(`${file}.${names.outer}`, `${name}/forward/outer`);
    norm(`${file}.${names.forwardNorm}`, `${name}/forward/norm`);
  }
  return places;
}

/** Places of the head for masked tokens; names carry no architecture prefix. */
export function headPlaces(style: 'bert' | 'roberta'): WeightPlace[] {
  const [transform, norm, decoder, bias] =
    style === 'bert'
      ? [
          'cls.predictions.transform.dense',
          'cls.predictions.transform.LayerNorm',
          'cls.predictions.decoder',
          'cls.predictions.bias',
        ]
      : ['lm_head.dense', 'lm_head.layer_norm', 'lm_head.decoder', 'lm_head.bias'];
  return [
    { file: `${transform}.weight`, name: 'head/transform/kernel', transposed: true },
    { file: `${transform}.bias`, name: 'head/transform/bias', transposed: false },
    { file: `${norm}.weight`, name: 'head/norm/gain', transposed: false },
    { file: `${norm}.bias`, name: 'head/norm/bias', transposed: false },
    { file: `${decoder}.weight`, name: 'head/decoder/kernel', transposed: true },
    { file: bias, name: 'head/decoder/bias', transposed: false },
  ];
}

/** Parts of published models that no task of the paper uses; they are listed as unused without a warning. */
export const EXPECTED_UNUSED =
  /(^|\.)(pooler\.|embeddings\.position_ids|cls\.seq_relationship|lm_head\.bias|cls\.predictions\.bias)/;

/**
 * Reads a published encoder from a folder: config.json and model.safetensors (one file or shards). Names are
 * mapped; shapes and values are checked. Tensors that only the file or only our model has are listed. Pickles
 * are refused, because reading one runs whatever program it contains.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../errors';
import { SafetensorsFile } from '../../engine/safetensors/safetensors';
import type { HostTensor, NamedHostTensors } from '../../engine/types';
import type { EncoderConfig } from '../encoder/config';
import { encoderShapes, languageHeadShapes } from '../encoder/parameters';
import type { LanguageModel, Pooling } from '../languageModel';
import { parseConfig } from './configFile';
import { readJsonObject } from './jsonFile';
import { encoderFolder, readSentenceForm } from './sentenceForm';
import { EXPECTED_UNUSED, type WeightPlace, encoderPlaces, headPlaces } from './weightNames';

export interface LoadOptions {
  /**
   * How a sentence encoder's vectors are made, whatever its folder says; needed if the folder does not say.
   * Windowed models use the vector of their first token. "none": the model is not used for sentence vectors,
   * and what its folder says about them is ignored.
   */
  pooling?: Pooling | 'none';
}

/** What of a folder was not used, and what of the model it did not have. */
export interface LoadReport {
  /** Tensors of the file that nothing here uses. */
  readonly unused: string[];
  /** Tensors that the model needs and the file lacks; filled as the note says. */
  readonly missing: string[];
}

/**
 * Reads a published language model from a folder: config.json and model.safetensors of a BERT, RoBERTa,
 * DistilBERT, MPNet, MiniLM or Longformer. `report` names tensors that are unused or missing.
 * @throws InputError for folders and files that are damaged or not supported here.
 * @example
 * ```ts
 * import { loadModel } from 'elephant/models';
 * const { model, report } = await loadModel('data/models/sentence-transformers/all-MiniLM-L6-v2');
 * console.log(model.config.layers, model.config.hidden, report.missing); // 6 384 []
 * ```
 */
export async function loadModel(
  given: string,
  { pooling }: LoadOptions = {},
): Promise<{ model: LanguageModel; report: LoadReport }> {
  const folder = await encoderFolder(given);
  const configPath = join(folder, 'config.json');
  const { config, padToken, naming } = parseConfig(await readJsonObject(configPath), configPath);
  const sentence = await sentenceOf(given, config, pooling);
  const files = await openWeights(folder);
  try {
    const names = new Map(
      files.flatMap((file) => [...file.tensors.keys()].map((name) => [name, file] as const)),
    );
    const used = new Set<string>();
    const read = async (name: string): Promise<HostTensor | undefined> => {
      used.add(name);
      return names.get(name)?.read(name);
    };

    const prefix = PREFIXES.find((p) => names.has(`${p}embeddings.word_embeddings.weight`));
    if (prefix === undefined) {
      throw new InputError(
        folder,
        'expected a tensor embeddings.word_embeddings.weight, got ' +
          `${[...names.keys()].slice(0, 3).join(', ')}, ...`,
        'Is this an encoder of the BERT, RoBERTa, DistilBERT, MPNet or Longformer kind?',
      );
    }
    const places = encoderPlaces(config, naming).map((place) => ({ ...place, file: prefix + place.file }));
    const { weights, missing } = await assemble(folder, places, encoderShapes(config), read, names);
    if (missing.length > 0)
      throw new InputError(
        folder,
        `expected ${places.length} tensors, ${missing.length} are missing: ${missing.slice(0, 5).join(', ')}`,
        'The file may belong to another architecture',
      );

    // These have no token types; adding zeros is equivalent.
    if (naming !== 'bert') weights['embeddings/types'] = zeros(1, config.hidden);
    const head = await loadHead(folder, config, weights, read, names);
    const unused = [...names.keys()].filter((name) => !used.has(name));
    return {
      model: { config, weights, head: head.weights, padToken, ...sentence },
      report: {
        unused: [...unused].sort((a, b) => Number(EXPECTED_UNUSED.test(a)) - Number(EXPECTED_UNUSED.test(b))),
        missing: head.missing,
      },
    };
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

/** What the names of published tensors begin with, by architecture. */
const PREFIXES = ['', 'bert.', 'roberta.', 'longformer.', 'distilbert.', 'mpnet.', 'model.'];

async function sentenceOf(
  folder: string,
  { attention }: EncoderConfig,
  pooling: LoadOptions['pooling'],
): Promise<Pick<LanguageModel, 'pooling' | 'normalise' | 'maxTokens' | 'lowerCase' | 'prompt'>> {
  if (attention === 'window') {
    if (pooling === 'mean')
      throw new InputError(
        folder,
        'expected a sentence encoder such as BERT for mean pooling, got a Longformer',
        'Its vectors are those of <s>',
      );
    return { pooling: 'first', normalise: false };
  }
  if (pooling === 'none') return { pooling: 'first', normalise: false };
  const form = await readSentenceForm(folder, pooling);
  if (form === undefined)
    throw new InputError(
      folder,
      'expected modules.json and 1_Pooling/config.json, which say how a vector is made of a text, found none',
      "Give --pooling mean (most models on the hub) or --pooling first (the first token's vector)",
    );
  return form;
}

function zeros(...shape: number[]): HostTensor {
  return { shape, dtype: 'float32', data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}

type Read = (name: string) => Promise<HostTensor | undefined>;

/** Puts the file's tensors into ours; absent ones are named in `missing`. */
async function assemble(
  folder: string,
  places: readonly WeightPlace[],
  shapes: Record<string, readonly number[]>,
  read: Read,
  names: ReadonlyMap<string, unknown>,
): Promise<{ weights: NamedHostTensors; missing: string[] }> {
  const weights: NamedHostTensors = {};
  const missing: string[] = [];
  for (const place of places) {
    const shape = shapes[place.name];
    const width = shape[shape.length - 1];
    const [from, to] = place.columns ?? [0, width];
    const file = names.has(place.file) ? place.file : oldNormName(place.file);
    const tensor = await read(file);
    if (tensor === undefined) {
      missing.push(place.file);
      continue;
    }
    const expected = place.transposed ? [to - from, shape[0]] : shape.length === 1 ? [to - from] : [...shape];
    if (tensor.shape.length !== expected.length || tensor.shape.some((n, i) => n !== expected[i])) {
      throw new InputError(
        folder,
        `tensor "${place.file}": expected shape [${expected.join(', ')}], got [${tensor.shape.join(', ')}]`,
        'config.json and the weights do not belong together',
      );
    }
    const source = tensor.data as Float32Array;
    const bad = source.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0)
      throw new InputError(
        folder,
        `tensor "${place.file}": expected finite values, got ${source[bad]} at element ${bad}`,
        'The weights are damaged',
      );
    let target = weights[place.name];
    if (target === undefined) {
      target = { shape, dtype: 'float32', data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
      weights[place.name] = target;
    }
    if (!place.transposed) (target.data as Float32Array).set(source, from);
    else {
      const rows = shape[0];
      for (let o = 0; o < to - from; o++)
        for (let i = 0; i < rows; i++) target.data[i * width + from + o] = source[o * rows + i];
    }
  }
  return { weights, missing };
}

/** Files of 2019 call the gain and bias of a layer norm gamma and beta. */
function oldNormName(name: string): string {
  return name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
}

async function loadHead(
  folder: string,
  config: EncoderConfig,
  weights: NamedHostTensors,
  read: Read,
  names: ReadonlyMap<string, unknown>,
): Promise<{ weights?: NamedHostTensors; missing: string[] }> {
  const style = names.has('lm_head.dense.weight')
    ? 'roberta'
    : names.has('cls.predictions.transform.dense.weight')
      ? 'bert'
      : undefined;
  if (style === undefined) return { missing: ['the head for masked tokens'] };
  // A decoder that is not tied to the word table has its own bias, and the head's bias is unused. If it is
  // tied, the two are equal.
  const ownBias = style === 'roberta' ? 'lm_head.decoder.bias' : 'cls.predictions.decoder.bias';
  const places = headPlaces(style).map((place) =>
    place.name === 'head/decoder/bias' && names.has(ownBias) ? { ...place, file: ownBias } : place,
  );
  const { weights: head, missing } = await assemble(folder, places, languageHeadShapes(config), read, names);
  // Published files leave out a decoder that is tied to the word table.
  if (head['head/decoder/kernel'] === undefined) {
    const { vocabulary, hidden: d } = config;
    const words = weights['embeddings/words'].data;
    const data = new Float32Array(vocabulary * d);
    for (let v = 0; v < vocabulary; v++)
      for (let j = 0; j < d; j++) data[j * vocabulary + v] = words[v * d + j];
    head['head/decoder/kernel'] = { shape: [d, vocabulary], dtype: 'float32', data };
  }
  head['head/decoder/bias'] ??= {
    shape: [config.vocabulary],
    dtype: 'float32',
    data: new Float32Array(config.vocabulary),
  };
  const lacking = places.filter(({ name }) => head[name] === undefined).map(({ file }) => file);
  if (lacking.length > 0)
    throw new InputError(folder, `the head for masked tokens lacks ${lacking.join(', ')}`);
  return { weights: head, missing };
}

async function openWeights(folder: string): Promise<SafetensorsFile[]> {
  const found = await readdir(folder).catch((cause: unknown) => {
    throw new InputError(folder, 'expected a model folder, found none that can be read', 'Check the path', {
      cause,
    });
  });
  if (found.includes('model.safetensors'))
    return [await SafetensorsFile.open(join(folder, 'model.safetensors'))];
  if (found.includes('model.safetensors.index.json')) {
    const path = join(folder, 'model.safetensors.index.json');
    const map = (await readJsonObject(path)).weight_map as Record<string, unknown> | undefined;
    const shards = [...new Set(Object.values(map ?? {}))];
    if (shards.length === 0 || shards.some((s) => typeof s !== 'string' || basename(s) !== s)) {
      throw new InputError(path, 'expected weight_map to name files of this folder');
    }
    const files: SafetensorsFile[] = [];
    try {
      for (const shard of shards as string[]) files.push(await SafetensorsFile.open(join(folder, shard)));
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw error;
    }
    return files;
  }
  const pickle = found.find((name) => /\.(bin|pt|pth|ckpt|pkl)$/.test(name));
  if (pickle !== undefined) {
    throw new InputError(
      join(folder, pickle),
      'expected model.safetensors, got a pickle, which is a program and is not opened',
      'Convert it where you trust it: in Python, ' +
        'AutoModel.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)',
    );
  }
  throw new InputError(
    folder,
    'expected model.safetensors, found none',
    `The folder holds: ${found.slice(0, 8).join(', ') || 'nothing'}`,
  );
}

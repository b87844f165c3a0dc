/**
 * How a folder says its sentence vectors are made: the files of sentence-transformers, in every form that its
 * versions have written (modules.json, the pooling folder, sentence_bert_config.json). A module or pooling
 * that is not supported here is refused by name, since leaving it out would give different vectors.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { statOf } from '../../readableFile';
import type { Pooling } from '../languageModel';
import { type JsonObject, readJsonArray, readJsonObject } from './jsonFile';

export interface SentenceForm {
  pooling: Pooling;
  /** Vectors are divided by their length. */
  normalise: boolean;
  /** Most tokens of a text, including special ones, if the folder says so. */
  maxTokens?: number;
  /** Texts are lower-cased before they are tokenised. */
  lowerCase: boolean;
  /** Put before every text. */
  prompt: string;
}

/** A module of modules.json: the last part of its type, and its folder. */
interface Module {
  name: string;
  path: string;
}

/** By their names in sentence-transformers. */
const POOLINGS: Readonly<Record<string, Pooling>> = { cls: 'first', mean: 'mean' };
/** The form before `pooling_mode`: one key per pooling; several may be true. */
const OLD_KEYS: Readonly<Record<string, string>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};
const CORRECT = 'Correct the file, or fetch the model again';
const COMPUTED = 'mean and cls (the first token)';
/** The chains of modules supported here, as named in modules.json. */
const CHAINS = ['Transformer', 'Transformer, Pooling', 'Transformer, Pooling, Normalize'];

/**
 * @param asked the pooling to use, whatever the folder says.
 * @returns undefined if the folder has no such files and no pooling was asked for.
 * @throws InputError for files that are damaged or not supported here.
 */
export async function readSentenceForm(folder: string, asked?: Pooling): Promise<SentenceForm | undefined> {
  const modules = await modulesOf(folder);
  const { pooling, normalise } =
    modules === undefined
      ? await fromFolders(folder, asked)
      : await fromModules(folder, modules, join(folder, 'modules.json'), asked);
  if (pooling === undefined) return undefined;
  const text = await textForm(await encoderFolder(folder));
  return { pooling, normalise, ...text, prompt: await promptOf(folder) };
}

/**
 * The folder of a model's config.json, weights and tokenizer: the given folder, or one within it that
 * modules.json names.
 */
export async function encoderFolder(folder: string): Promise<string> {
  const expected = "a language model's folder";
  if (!statOf(folder, expected).isDirectory())
    throw new InputError(folder, `expected ${expected}, got a file`, 'Name the folder that it is in');
  const path = (await modulesOf(folder))?.find(({ name }) => name === 'Transformer')?.path ?? '';
  return join(folder, path);
}

async function modulesOf(folder: string): Promise<Module[] | undefined> {
  const path = join(folder, 'modules.json');
  return existsSync(path) ? (await readJsonArray(path)).map((entry) => moduleOf(entry, path)) : undefined;
}

async function fromModules(
  folder: string,
  modules: readonly Module[],
  where: string,
  asked?: Pooling,
): Promise<{ pooling?: Pooling; normalise: boolean }> {
  const names = modules.map(({ name }) => name).join(', ');
  if (!CHAINS.includes(names))
    throw new InputError(
      where,
      `expected the modules ${CHAINS.at(-1)}, or fewer of them, got ${names || 'none'}`,
      'What other modules do to the vectors is not computed here: choose a model without them',
    );
  const pooling = modules.find(({ name }) => name === 'Pooling');
  return {
    pooling: asked ?? (pooling && (await poolingOf(join(folder, pooling.path, 'config.json')))),
    normalise: names.includes('Normalize'),
  };
}

function moduleOf(entry: unknown, where: string): Module {
  const { type, path } = (entry ?? {}) as JsonObject;
  if (typeof type !== 'string' || typeof path !== 'string' || /^\/|(^|[\\/])\.\.([\\/]|$)/.test(path))
    throw new InputError(
      where,
      `expected modules with a type and a folder within this one, got ${JSON.stringify(entry)}`,
      'The file may be damaged: fetch it again',
    );
  // The paths of these classes changed between versions, but not their names. Other classes keep their full
  // path.
  const known = /^sentence_transformers\.(?:.*\.)?(Transformer|Pooling|Normalize)$/.exec(type);
  return { name: known === null ? type : known[1], path };
}

/** Of a folder without modules.json: the folders of modules are named "1_Pooling" in every version. */
async function fromFolders(
  folder: string,
  asked?: Pooling,
): Promise<{ pooling?: Pooling; normalise: boolean }> {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const modules = folders.flatMap(({ name }) => {
    const [, number, type] = /^(\d+)_([A-Z]\w*)$/.exec(name) ?? [];
    return type === undefined ? [] : [{ number: Number(number), name: type, path: name }];
  });
  if (!modules.some(({ name }) => name === 'Pooling')) return { pooling: asked, normalise: false };
  const inOrder = modules.sort((a, b) => a.number - b.number).filter(({ name }) => name !== 'Transformer');
  return fromModules(folder, [{ name: 'Transformer', path: '' }, ...inOrder], folder, asked);
}

async function poolingOf(path: string): Promise<Pooling> {
  const config = await readJsonObject(path);
  const modes = modesOf(config, path);
  const [mode] = modes;
  const pooling = modes.length === 1 && Object.hasOwn(POOLINGS, mode) ? POOLINGS[mode] : undefined;
  if (pooling === undefined)
    throw new InputError(
      path,
      `expected one of the poolings ${COMPUTED}, got ${modes.join(' and ') || 'none'}`,
      'Its vectors are not computed here: choose another model, or pool otherwise with --pooling',
    );
  if (config.include_prompt === false)
    throw new InputError(
      path,
      'expected a pooling over all tokens, got include_prompt false',
      'Pooling without the prompt is not computed here: choose another model',
    );
  return pooling;
}

/**
 * Follows sentence-transformers: `pooling_mode`, in small or capital letters, takes precedence over the older
 * keys; without any, mean. @throws InputError for an older key that is neither true nor false.
 */
function modesOf(config: JsonObject, path: string): string[] {
  if (config.pooling_mode !== undefined && config.pooling_mode !== null)
    return [config.pooling_mode].flat().map((mode) => String(mode).toLowerCase());
  const keys = Object.keys(config).filter((key) => key.startsWith('pooling_mode_'));
  const given = keys.filter((key) => flagOf(config, key, path));
  const modes = given.map((key) => (Object.hasOwn(OLD_KEYS, key) ? OLD_KEYS[key] : key));
  return modes.length === 0 && config.pooling_mode_mean_tokens !== false ? ['mean'] : modes;
}

/** @throws InputError for what is neither true nor false. */
function flagOf(file: JsonObject, key: string, path: string): boolean {
  const value = file[key] ?? false;
  if (typeof value === 'boolean') return value;
  throw new InputError(path, `expected true or false as ${key}, got ${JSON.stringify(value)}`, CORRECT);
}

/** From sentence_bert_config.json, which other versions call sentence_roberta_config.json and so on. */
async function textForm(encoder: string): Promise<Pick<SentenceForm, 'maxTokens' | 'lowerCase'>> {
  const name = readdirSync(encoder).find((file) => /^sentence_[\w-]+_config\.json$/.test(file));
  const sentence = name === undefined ? {} : await readJsonObject(join(encoder, name));
  const tokenizer = join(encoder, 'tokenizer_config.json');
  const most = existsSync(tokenizer) ? (await readJsonObject(tokenizer)).model_max_length : undefined;
  const path = join(encoder, name ?? '');
  const given = sentence.max_seq_length ?? undefined;
  if (given !== undefined && !isLength(given))
    throw new InputError(
      path,
      `expected a whole number of at least 3 as max_seq_length, got ${JSON.stringify(given)}`,
      CORRECT,
    );
  return {
    // A tokenizer without a limit gives a number of 30 digits.
    maxTokens: given ?? (isLength(most) ? most : undefined),
    lowerCase: flagOf(sentence, 'do_lower_case', path),
  };
}

/** Two special tokens, and one of the text. */
function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 2;
}

/** The prompt that sentence-transformers puts before a text unless told otherwise. */
async function promptOf(folder: string): Promise<string> {
  const path = join(folder, 'config_sentence_transformers.json');
  if (!existsSync(path)) return '';
  const { default_prompt_name: name, prompts } = await readJsonObject(path);
  if (name === undefined || name === null) return '';
  const prompt = ((prompts ?? {}) as JsonObject)[String(name)];
  if (typeof prompt !== 'string')
    throw new InputError(path, `expected the prompt "${String(name)}" among prompts, found none`);
  return prompt;
}

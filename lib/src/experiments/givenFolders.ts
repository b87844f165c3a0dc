/**
 * Profiles on real data: where the user's files, the Amazon files and the language model are on this machine,
 * and the check before any work. Their content enters a stage's key, their place does not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAmazonFiles, type AmazonSet } from '../data/amazonFiles';
import { ownSource } from '../data/own/files';
import { InputError } from '../errors';
import { fileHash } from '../pipeline/fileHash';
import type { OwnData, Profile } from './profiles';

/** Files of a model's folder that decide what is loaded. */
const MODEL_FILES = [
  'config.json',
  'model.safetensors',
  'model.safetensors.index.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'modules.json',
  '1_Pooling/config.json',
];

/**
 * Content hashes of a domain's files; "absent" if there is no such folder or domain (a plan may be made
 * without).
 */
export function amazonFileHashes(folder: string, domain: string, set?: AmazonSet): Record<string, string> {
  try {
    const { reviews, metadata } = findAmazonFiles(folder, domain, set);
    return { reviews: fileHash(reviews), metadata: metadata === undefined ? 'absent' : fileHash(metadata) };
  } catch (error) {
    if (error instanceof InputError) return { reviews: 'absent', metadata: 'absent' };
    throw error;
  }
}

/** Content hashes of a user's own files, in the order in which they are read. */
export function ownFileHashes(
  interactions: string,
  items?: string,
): { interactions: string[]; items: string[] } {
  const { files } = ownSource(interactions, items);
  const hashes = (paths: readonly string[]): string[] => paths.map((path) => fileHash(path));
  return { interactions: hashes(files.interactions), items: hashes(files.items) };
}

/** Content hashes of the files of a model's folder, shards included. */
export function modelFileHashes(folder: string): Record<string, string> {
  const hashes = Object.fromEntries(MODEL_FILES.map((name) => [name, fileHash(join(folder, name))]));
  const index = join(folder, 'model.safetensors.index.json');
  if (!existsSync(index)) return hashes;
  const shards = new Set(Object.values((readJson(index).weight_map ?? {}) as Record<string, string>));
  return {
    ...hashes,
    ...Object.fromEntries([...shards].sort().map((name) => [name, fileHash(join(folder, name))])),
  };
}

/** The profile with the paths set and, if the model is there, its sizes in place of the profile's. */
export function withFolders(profile: Profile, data: string | undefined, model: string | undefined): Profile {
  if (profile.given === undefined) {
    if (data !== undefined || model !== undefined)
      throw new InputError(
        `profile ${profile.name}`,
        'uses the embedded data; --data and --model are for profiles on files',
        'Choose --profile real',
      );
    return profile;
  }
  const given = { ...profile.given, data: data ?? profile.given.data, model: model ?? profile.given.model };
  const config = join(given.model, 'config.json');
  if (given.model === '' || !existsSync(config)) return { ...profile, given };
  const json = readJson(config);
  const size = (key: string, fallback: number): number =>
    typeof json[key] === 'number' ? (json[key] as number) : fallback;
  const { language } = profile;
  const sizes = {
    layers: size('num_hidden_layers', language.layers),
    heads: size('num_attention_heads', language.heads),
    hidden: size('hidden_size', language.hidden),
    vocabulary: size('vocab_size', language.vocabulary),
  };
  return { ...profile, given, language: { ...language, ...sizes } };
}

/** @throws InputError if files that the profile needs are not there. Called before any stage runs. */
export function checkFolders(profile: Profile): void {
  const { given, name, own } = profile;
  if (given === undefined) return;
  if (own !== undefined) checkOwnData(own);
  const amazon = amazonDomains(profile);
  if (given.data === '' && amazon.length > 0)
    throw new InputError(
      `profile ${name}`,
      'needs a folder with Amazon review files, got none',
      'Give --data or set ELEPHANT_DATA; elephant fetch downloads a domain',
    );
  if (given.model === '')
    throw new InputError(
      `profile ${name}`,
      'needs a folder with a language model (config.json, model.safetensors, tokenizer.json), got none',
      'Give --model or set ELEPHANT_MODEL; elephant fetch <owner/name> downloads one',
    );
  for (const domain of amazon) findAmazonFiles(given.data, domain);
  for (const file of ['config.json', 'tokenizer.json']) {
    if (!existsSync(join(given.model, file)))
      throw new InputError(
        given.model,
        `expected a language model's folder with ${file}, found none`,
        'Give the folder that config.json, model.safetensors and tokenizer.json are in',
      );
  }
}

/** Domains of a profile on files that are read from the folder of Amazon files. */
export function amazonDomains({ domains, pretrainingDomains, own }: Profile): string[] {
  return [...new Set([...domains, ...pretrainingDomains])].filter((domain) => domain !== own?.name);
}

/** @throws InputError if there is no file of items, whose texts the language model reads. */
function checkOwnData({ interactions, items }: OwnData): void {
  if (ownSource(interactions, items).files.items.length > 0) return;
  throw new InputError(
    interactions,
    'expected a file of items, whose texts the language model reads, got none',
    'Put it beside the interactions as items.csv (item,title,brand,category), or name it with --items; ' +
      'elephant train needs no texts',
  );
}

function readJson(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new InputError(
      path,
      'expected JSON, got something else',
      'The file may be incomplete: fetch it again',
      { cause },
    );
  }
}

/**
 * Fetches a language model from the Hugging Face hub (or a mirror with its layout): configuration, tokenizer
 * and weights as safetensors, each checked against the hash the hub lists. Pickled weights are never fetched:
 * loading them runs code.
 */
import { join } from 'node:path';
import { excerpt, InputError } from '../../errors';
import { ensureFile, type FetchedFile } from './checksums';
import type { DownloadOptions } from './download';
import { formatOf } from './format';
import { PermanentError, requestText } from './request';

/** Which revision, from where, and how persistently. */
export interface FetchModelOptions extends Omit<DownloadOptions, 'expected'> {
  /** Branch, tag or commit; by default "main", for the paper's model the commit of PAPER_MODEL. */
  revision?: string;
  /** Base address; by default the environment's HF_ENDPOINT or the hub. */
  mirror?: string;
  /** Fetch files again that are already there. */
  again?: boolean;
}

/** Where a fetched model is, and which one it is. */
export interface FetchedModel {
  /** Where the files are: `<folder>/<owner>/<model>`. */
  folder: string;
  /** Commit that the revision stands for. */
  commit: string;
  files: (FetchedFile & { fresh: boolean })[];
}

/** One entry of the hub's list of files. */
interface HubFile {
  rfilename: string;
  size?: number;
  blobId?: string;
  lfs?: { sha256?: string; size?: number };
}

/**
 * The language model that the paper starts from (section 4.2; method 4.7). Its main branch has pickled
 * weights only; this commit (refs/pr/7, made by the hub's own converter) has the same as safetensors.
 */
export const PAPER_MODEL = {
  name: 'allenai/longformer-base-4096',
  revision: '097f2947604baba4ee5d370278f6420675516581',
} as const;

/** Size limit of a configuration or tokenizer file whose length the server does not say. */
const MOST_TEXT_BYTES = 256 * 2 ** 20;

/** Configuration, tokenizer and weights, and what sentence-transformers says of the vectors. */
const WANTED = [
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json$/,
  /^(vocab|merges)\.txt$/,
  /^(spiece|sentencepiece\.bpe|tokenizer)\.model$/,
  /^model\.safetensors\.index\.json$/,
  /^model(-\d+-of-\d+)?\.safetensors$/,
  /^(modules|sentence_[\w-]+_config|config_sentence_transformers)\.json$/,
  /^\d+_\w+\/config\.json$/,
];

/**
 * Fetches a language model of the Hugging Face hub into `<folder>/<owner>/<model>`, for loadModel:
 * configuration, tokenizer and safetensors, each checked against the hub's hash.
 * @throws InputError for an invalid name, a model that does not exist or has no safetensors, and files that
 * cannot be fetched.
 * @example
 * ```ts
 * import { fetchModel } from 'elephant/data';
 * const { folder, commit } = await fetchModel('sentence-transformers/all-MiniLM-L6-v2', 'data/models');
 * console.log(folder, commit);
 * ```
 */
export async function fetchModel(
  name: string,
  folder: string,
  options: FetchModelOptions = {},
): Promise<FetchedModel> {
  const {
    revision = name === PAPER_MODEL.name ? PAPER_MODEL.revision : 'main',
    mirror = process.env.HF_ENDPOINT ?? 'https://huggingface.co',
    ...rest
  } = options;
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(name) || name.split('/').some((part) => /^\.+$/.test(part))) {
    throw new InputError('fetch', `expected a model's name such as owner/model, got ${name}`);
  }
  const base = mirror.replace(/\/+$/, '');
  const { sha, siblings } = await listFiles(base, name, revision, rest);
  const wanted = siblings.filter((file) => WANTED.some((form) => form.test(file.rfilename)));
  if (!wanted.some((file) => file.rfilename.endsWith('.safetensors'))) {
    const others = siblings
      .map((file) => file.rfilename)
      .filter((file) => /\.(bin|safetensors|onnx|h5|pt)$/.test(file));
    throw new InputError(
      `model ${name}`,
      'expected weights as model.safetensors, got ' +
        (others.slice(0, 5).map(excerpt).join(', ') || 'no weights'),
      'Choose a revision that has them (the hub keeps converted ones under names such as refs/pr/1) or ' +
        'another model; pickled weights are never loaded',
    );
  }
  const target = join(folder, ...name.split('/'));
  const files = [];
  for (const file of wanted) {
    const url = `${base}/${name}/resolve/${sha}/${file.rfilename}`;
    const expected = {
      bytes: file.lfs?.size ?? file.size,
      sha256: file.lfs?.sha256,
      gitBlob: file.lfs ? undefined : file.blobId,
      format: formatOf(file.rfilename),
    };
    const mostBytes = file.rfilename.endsWith('.safetensors') ? rest.mostBytes : MOST_TEXT_BYTES;
    files.push(await ensureFile(target, file.rfilename, url, { ...rest, mostBytes, expected }));
  }
  return { folder: target, commit: sha, files };
}

function isHubFile(file: Partial<HubFile> | null): boolean {
  const sizes = [file?.size, file?.lfs?.size];
  return (
    typeof file?.rfilename === 'string' &&
    sizes.every((size) => size === undefined || Number.isSafeInteger(size))
  );
}

async function listFiles(
  base: string,
  name: string,
  revision: string,
  { stallMs = 30_000, signal }: DownloadOptions,
): Promise<{ sha: string; siblings: HubFile[] }> {
  const url = `${base}/api/models/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
  let text: string;
  try {
    text = await requestText(url, { stallMs, signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const advice =
      cause instanceof PermanentError
        ? 'Check the name and the revision'
        : 'Check the connection and run again';
    throw new InputError(
      `model ${name}`,
      `expected its list of files at ${url}, got: ${(cause as Error).message}`,
      advice,
      { cause },
    );
  }
  try {
    const { sha, siblings } = JSON.parse(text) as { sha: string; siblings: HubFile[] };
    if (/^[0-9a-f]{1,64}$/.test(sha) && Array.isArray(siblings) && siblings.every(isHubFile))
      return { sha, siblings };
  } catch {
    // Falls through to the same message: not the list it should be.
  }
  throw new InputError(
    `model ${name}`,
    `expected a list of files as JSON from ${url}, got something else`,
    'Check the mirror',
  );
}

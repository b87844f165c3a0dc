/**
 * Tokenizers of language models, whatever a `tokenizer.json` says (byte-level BPE, WordPiece, Unigram), run
 * by @xenova/transformers. They never use the network. recformerInput.ts shapes the inputs of models.
 * @xenova/transformers. Not the shaping of model inputs (recformerInput.ts) and never the network.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors';
import '../privacy';

/** Ids of the tokens with a meaning of their own, by role: `<s>` or `[CLS]`, `</s>` or `[SEP]`, and so on. */
export interface SpecialTokens {
  readonly cls: number;
  readonly pad: number;
  readonly sep: number;
  readonly unk: number;
  readonly mask: number;
}

/** From a text to token ids, as a language model's own files say. */
export interface Tokenizer {
  /** Largest token id + 1: the rows that the model's word table must have at least. */
  readonly vocabularySize: number;
  readonly special: SpecialTokens;
  /** String of each id as the vocabulary has it ("Ġshampoo", "##poo"); undefined if no token has the id. */
  readonly tokens: readonly (string | undefined)[];
  /**
   * "spaces": a leading Ġ (byte-level BPE) or ▁ (Metaspace) marks a space; "pieces": a leading ## marks the
   * inside of a word.
   */
  readonly kind: 'spaces' | 'pieces';
  /** SHA-256 of both defining files' JSON, as either changes tokens: equal tokenizers, equal fingerprint. */
  readonly fingerprint: string;
  /**
   * Ids of a text alone: no special tokens around it, nothing padded. Of a long text only the first
   * `characters` are read, by default MAX_CHARACTERS.
   */
  encode(text: string, characters?: number): number[];
}

/**
 * Characters of one text that are read. No input of the paper uses more than 32 tokens of an attribute; a
 * text of 10^5 characters without a space would otherwise take minutes in the merge loop.
 */
export const MAX_CHARACTERS = 2000;

const ROLES: Readonly<Record<keyof SpecialTokens, readonly string[]>> = {
  cls: ['<s>', '[CLS]'],
  pad: ['<pad>', '[PAD]'],
  sep: ['</s>', '[SEP]'],
  unk: ['<unk>', '[UNK]'],
  mask: ['<mask>', '[MASK]'],
};

/** A plain object of parsed JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads `tokenizer.json` (and `tokenizer_config.json`, if present) of a model's folder.
 * @throws InputError if the file is missing, is no JSON, or describes no tokenizer that can be used here.
 * @example
 * ```ts
 * import { loadTokenizer } from 'elephant/models';
 * const tokenizer = await loadTokenizer('data/models/sentence-transformers/all-MiniLM-L6-v2');
 * console.log(tokenizer.encode('shampoo'));
 * ```
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = join(folder, 'tokenizer.json');
  const advice = 'Save it from Python with AutoTokenizer.from_pretrained(...).save_pretrained(folder)';
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError(path, 'expected the tokenizer of the model, found no readable file', advice, {
      cause,
    });
  });
  const config = await readFile(join(folder, 'tokenizer_config.json'), 'utf8').catch(() => '{}');
  return tokenizerFromJson(parse(path, text), parse(join(folder, 'tokenizer_config.json'), config), path);
}

/**
 * A tokenizer from parsed JSON: `json` as in `tokenizer.json` of Hugging Face's `tokenizers` (trainBpe makes
 * such), `config` as in `tokenizer_config.json`. `where` is what messages name it by.
 * @throws InputError for JSON that describes no tokenizer that can be used here.
 */
export async function tokenizerFromJson(
  json: JsonObject,
  config: JsonObject = {},
  where = 'tokenizer',
): Promise<Tokenizer> {
  // Heavy (it brings a runtime for models): loaded when a tokenizer is first needed.
  const { env, PreTrainedTokenizer } = await import('@xenova/transformers');
  env.allowRemoteModels = false;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([json, config]))
    .digest('hex');
  let inner: InstanceType<typeof PreTrainedTokenizer>;
  try {
    // Fixed padding and truncation belong to the program that saved the file, not to the vocabulary.
    inner = new PreTrainedTokenizer(
      { ...json, truncation: null, padding: null },
      { tokenizer_class: 'PreTrainedTokenizer', ...config },
    );
  } catch (cause) {
    throw new InputError(
      where,
      `expected a tokenizer in the form of Hugging Face's tokenizers, got ${(cause as Error).message}`,
      undefined,
      { cause },
    );
  }
  const tokens = vocabularyOf(json, where);
  const idOf = new Map(tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id] as const])));
  const special = Object.fromEntries(
    Object.entries(ROLES).map(([role, names]) => {
      const name = names.find((candidate) => idOf.has(candidate));
      if (name === undefined)
        throw new InputError(
          where,
          `expected a ${role} token (${names.join(' or ')}), found none in the vocabulary`,
        );
      return [role, idOf.get(name) as number];
    }),
  ) as unknown as SpecialTokens;
  const kind = (json.model as JsonObject | undefined)?.type === 'WordPiece' ? 'pieces' : 'spaces';
  return {
    vocabularySize: tokens.length,
    special,
    tokens,
    kind,
    fingerprint,
    encode: (text, characters = MAX_CHARACTERS) =>
      text === '' ? [] : inner.encode(cut(text, characters), { add_special_tokens: false }),
  };
}

/**
 * True for each id at which a new word begins (method 5.2): after a space, or at punctuation. Special tokens:
 * false.
 */
export function wordStarts({ tokens, special, kind }: Tokenizer): Uint8Array {
  const specials = new Set<number>(Object.values(special));
  return Uint8Array.from(tokens, (token, id) => {
    if (token === undefined || specials.has(id)) return 0;
    if (kind === 'pieces') return token.startsWith('##') ? 0 : 1;
    return /^[Ġ▁!-/:-@[-`{-~]/.test(token) ? 1 : 0;
  });
}

/**
 * At most `characters` UTF-16 units, never half a surrogate pair; lone surrogates become U+FFFD, as bytes
 * of them do not exist.
 */
function cut(text: string, characters: number): string {
  let end = Math.min(text.length, characters);
  if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
  return text
    .slice(0, end)
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function vocabularyOf(json: JsonObject, where: string): (string | undefined)[] {
  const vocabulary = (json.model as JsonObject | undefined)?.vocab;
  const tokens: (string | undefined)[] = [];
  const put = (token: unknown, id: unknown): void => {
    if (
      typeof token !== 'string' ||
      !Number.isInteger(id) ||
      (id as number) < 0 ||
      (id as number) > 10_000_000
    ) {
      throw new InputError(
        where,
        `expected a vocabulary of token: id, got ${JSON.stringify(token)}: ${JSON.stringify(id)}`,
      );
    }
    tokens[id as number] = token;
  };
  if (Array.isArray(vocabulary))
    vocabulary.forEach((entry: unknown, id) => put(Array.isArray(entry) ? entry[0] : entry, id));
  else if (typeof vocabulary === 'object' && vocabulary !== null)
    Object.entries(vocabulary).forEach(([token, id]) => put(token, id));
  else throw new InputError(where, 'expected model.vocab, found none');
  for (const added of (json.added_tokens as JsonObject[] | undefined) ?? []) put(added.content, added.id);
  return Array.from(tokens);
}

function parse(path: string, text: string): JsonObject {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw new Error('no object');
  } catch (cause) {
    throw new InputError(
      path,
      `expected a JSON object (${(cause as Error).message})`,
      'The file may be incomplete: fetch it again',
      { cause },
    );
  }
}

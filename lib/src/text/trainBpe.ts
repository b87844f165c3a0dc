/**
 * Trains a small byte-level BPE vocabulary on texts, in the form of a `tokenizer.json` that Hugging Face's
 * `tokenizers` reads: RoBERTa's layout (`<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, `<mask>` last). For the
 * embedded data, whose words are in no published vocabulary; a published model has its own tokenizer.
 */
import { InputError } from '../errors';
import type { JsonObject } from './tokenizer';

/** GPT-2's split into words, a leading space kept with its word: what the ByteLevel pre-tokenizer applies. */
const WORD = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export interface BpeOptions {
  /**
   * Texts are put into lower case, when training and whenever the tokenizer is used: half the words for a
   * small vocabulary. Default false.
   */
  readonly lowerCase?: boolean;
  /**
   * A text's first word is read as if a space stood before it, so that it is the same token as within a text.
   * Default false.
   */
  readonly prefixSpace?: boolean;
}

/**
 * Learns a byte-level tokenizer (BPE) from texts; the result is what tokenizerFromJson reads. It has
 * `size` tokens in all: 5 special, 256 bytes, the rest merges, most frequent pair first (ties: the pair that
 * comes first in the vocabulary). Fewer if the texts run out of pairs that occur at least twice.
 * Deterministic.
 * @throws InputError for a size below 261.
 */
export function trainBpe(
  texts: Iterable<string>,
  size: number,
  { lowerCase = false, prefixSpace = false }: BpeOptions = {},
): JsonObject {
  if (!Number.isInteger(size) || size < 261) {
    throw new InputError(
      'trainBpe',
      `expected a vocabulary of at least 261 tokens (5 special, 256 bytes), got ${size}`,
    );
  }
  const byteNames = byteAlphabet();
  const names: string[] = ['<s>', '<pad>', '</s>', '<unk>', ...byteNames];
  const encoder = new TextEncoder();
  const counts = new Map<string, number>();
  const read = (text: string): string => {
    const words = lowerCase ? text.toLowerCase() : text;
    return prefixSpace && text !== '' && !text.startsWith(' ') ? ` ${words}` : words;
  };
  for (const text of texts)
    for (const word of read(text).match(WORD) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, count]) => ({
    ids: Array.from(encoder.encode(word), (byte) => 4 + byte),
    count,
  }));

  const pairs = new PairCounts();
  words.forEach(({ ids, count }, w) => pairs.addWord(ids, count, w));
  const merges: string[] = [];
  while (names.length < size - 1) {
    const best = pairs.mostFrequent();
    if (best === undefined) break;
    const [left, right] = best;
    const merged = names.length;
    names.push(names[left] + names[right]);
    merges.push(`${names[left]} ${names[right]}`);
    for (const w of pairs.wordsWith(left, right)) {
      const { ids, count } = words[w];
      pairs.addWord(ids, -count, w);
      for (let i = 0; i + 1 < ids.length; i++)
        if (ids[i] === left && ids[i + 1] === right) ids.splice(i, 2, merged);
      pairs.addWord(ids, count, w);
    }
  }
  names.push('<mask>');
  return tokenizerJson(names, merges, { lowerCase, prefixSpace });
}

/** How often each pair of neighbouring tokens occurs, and in which words. */
class PairCounts {
  private readonly counts = new Map<number, number>();
  private readonly words = new Map<number, Set<number>>();

  /** Counts the pairs of a word `count` times; a negative count takes them back. */
  addWord(ids: readonly number[], count: number, word: number): void {
    for (let i = 0; i + 1 < ids.length; i++) {
      const key = ids[i] * 2 ** 24 + ids[i + 1];
      this.counts.set(key, (this.counts.get(key) ?? 0) + count);
      let where = this.words.get(key);
      if (where === undefined) this.words.set(key, (where = new Set()));
      where.add(word);
    }
  }

  mostFrequent(): [number, number] | undefined {
    let [best, bestCount] = [-1, 1];
    for (const [key, count] of this.counts) {
      if (count > bestCount || (count === bestCount && best >= 0 && key < best))
        [best, bestCount] = [key, count];
    }
    return best < 0 ? undefined : [Math.floor(best / 2 ** 24), best % 2 ** 24];
  }

  wordsWith(left: number, right: number): number[] {
    return [...(this.words.get(left * 2 ** 24 + right) ?? [])];
  }
}

/**
 * The printable character that byte-level BPE writes for each byte; unprintable ones are moved to U+0100 and
 * up.
 */
export function byteAlphabet(): string[] {
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(printable ? byte : 256 + moved++);
  });
}

function tokenizerJson(
  names: readonly string[],
  merges: readonly string[],
  { lowerCase, prefixSpace }: Required<BpeOptions>,
): JsonObject {
  const special = (content: string): JsonObject => ({
    id: names.indexOf(content),
    content,
    single_word: false,
    lstrip: content === '<mask>',
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<s>', '<pad>', '</s>', '<unk>', '<mask>'].map(special),
    normalizer: lowerCase ? { type: 'Lowercase' } : null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: prefixSpace, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['</s>', 2],
      cls: ['<s>', 0],
      trim_offsets: true,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(names.map((name, id) => [name, id])),
      merges,
    },
  };
}

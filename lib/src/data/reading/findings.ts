/** What a reader dropped, repaired or guessed, counted by kind with the first example of each. */
import { excerpt } from '../../errors';

/** A sentence on `n` of a kind. */
const KINDS = {
  withoutUser: (n: number) => `${rows(n)} dropped: no user`,
  withoutItem: (n: number) => `${rows(n)} dropped: no item`,
  withoutTime: (n: number) => `${rows(n)} dropped: no time`,
  impossibleTime: (n: number) => `${rows(n)} dropped: time before 1970 or after 2099`,
  trimmed: (n: number) =>
    `${count(n, 'value')} with spaces around ${n === 1 ? 'it' : 'them'}, which are removed`,
  missingWord: (n: number) => `${count(n, 'value')} taken as missing`,
  notText: (n: number) => `${count(n, 'text')} left out: neither text nor a list of texts`,
  replaced: (n: number) =>
    `${count(n, 'byte sequence')} that ${n === 1 ? 'is' : 'are'} not UTF-8, read as the replacement ` +
    'character',
  brokenPair: (n: number) => `${count(n, 'text')} with half a character, read as the replacement character`,
  recordWithoutId: (n: number) => `${count(n, 'record')} of an item without its id`,
  repeatedRecord: (n: number) =>
    `${count(n, 'further record')} of an item that has one already: the first counts`,
} as const;

type FindingKind = keyof typeof KINDS | 'guess';

export interface Finding {
  kind: FindingKind;
  count: number;
  /** The first of them: file, place, value. */
  example?: string;
  /** The finding as a sentence, example included. */
  text: string;
}

export class Findings {
  private readonly counted = new Map<keyof typeof KINDS, { count: number; example: string }>();
  private readonly guesses = new Set<string>();

  /** One more of a kind; `value` is what the file has there. */
  count(kind: keyof typeof KINDS, file: string, place: string, value?: string, times = 1): void {
    const known = this.counted.get(kind);
    if (known) known.count += times;
    else
      this.counted.set(kind, {
        count: times,
        example: `${file} ${place}${value === undefined ? '' : `: ${excerpt(value)}`}`,
      });
  }

  /** Something that was taken to be so. */
  guess(text: string): void {
    this.guesses.add(text);
  }

  list(): Finding[] {
    return [
      ...[...this.guesses].map((text) => ({ kind: 'guess' as const, count: 1, text })),
      ...[...this.counted].map(([kind, { count, example }]) => ({
        kind,
        count,
        example,
        text: `${KINDS[kind](count)} (${count === 1 ? '' : 'first '}${example})`,
      })),
    ];
  }
}

function rows(n: number): string {
  return count(n, 'row');
}

function count(n: number, word: string): string {
  return `${n.toLocaleString('en-US')} ${word}${n === 1 ? '' : 's'}`;
}

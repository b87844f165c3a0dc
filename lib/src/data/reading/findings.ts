/** What a reader dropped, repaired or guessed, counted by kind with the first example of each. */
import { excerpt } from '../../errors';

/** Of ids that differ only so (alikeIds.ts). */
const ALIKE = 'that look alike (case, leading zeros, .0, hidden signs), taken as different';

/** A sentence on `n` of a kind. */
const KINDS = {
  withoutUser: (n: number) => `${rows(n)} dropped: no user`,
  withoutItem: (n: number) => `${rows(n)} dropped: no item`,
  withoutTime: (n: number) => `${rows(n)} dropped: no time`,
  impossibleTime: (n: number) => `${rows(n)} dropped: time before 1970 or after 2099`,
  trimmed: (n: number) =>
    `${count(n, 'value')} with spaces around ${n === 1 ? 'it' : 'them'}, which are removed`,
  rounded: (n: number) =>
    `${count(n, 'value')} that a spreadsheet or a float has rounded: different ones may have become one`,
  finerTime: (n: number) =>
    `${count(n, 'time')} finer than a microsecond, which is about as fine as times are compared`,
  missingWord: (n: number) => `${count(n, 'value')} taken as missing`,
  missingLike: (n: number) =>
    `${count(n, 'id')} that elsewhere ${n === 1 ? 'means' : 'mean'} a missing value, taken as ` +
    `${n === 1 ? 'it is' : 'they are'}`,
  writtenList: (n: number) => `${count(n, 'text')} written as a list, joined by spaces`,
  formula: (n: number) => `${count(n, 'value')} written as a formula of a spreadsheet, read without it`,
  zeroTime: (n: number) => `${rows(n)} kept of time 0 (1970-01-01), which may stand for a missing time`,
  notText: (n: number) => `${count(n, 'text')} left out: neither text nor a list of texts`,
  replaced: (n: number) =>
    `${count(n, 'byte sequence')} that ${n === 1 ? 'is' : 'are'} not UTF-8, read as the replacement ` +
    'character',
  brokenPair: (n: number) => `${count(n, 'text')} with half a character, read as the replacement character`,
  repeatedRow: (n: number) =>
    `${rows(n)} kept that ${n === 1 ? 'repeats' : 'repeat'} an earlier one in user, item and time; ` +
    `duplicates: "drop" (--drop-duplicates) leaves ${n === 1 ? 'it' : 'them'} out`,
  sameTimeInFile: (n: number) =>
    `${rows(n)} of the same time as another item of their user, in the order of the file; ` +
    'ties: "itemKey" (--ties-in-time itemKey) sorts them by item',
  sameTimeByKey: (n: number) =>
    `${rows(n)} of the same time as another item of their user, sorted by item (ties: "itemKey")`,
  alikeUsers: (n: number) => `${count(n, 'user id')} ${ALIKE}`,
  alikeItems: (n: number) => `${count(n, 'item id')} ${ALIKE}`,
  otherForm: (n: number) =>
    `${count(n, 'record')} of other items whose ids look like those of items without a record`,
  emptyPart: (n: number) => `${count(n, 'empty part')} left out`,
  recordWithoutId: (n: number) => `${count(n, 'record')} of an item without its id`,
  repeatedRecord: (n: number) =>
    `${count(n, 'further record')} of an item that has one already: the first counts`,
} as const;

export type CountedKind = keyof typeof KINDS;
type FindingKind = CountedKind | 'guess';

export interface Finding {
  kind: FindingKind;
  count: number;
  /** The first of them: file, place, value. */
  example?: string;
  /** The finding as a sentence, example included. */
  text: string;
}

export class Findings {
  private readonly counted = new Map<CountedKind, { count: number; example: string }>();
  private readonly guesses = new Set<string>();

  /** One more of a kind; `value` is what the file has there. */
  count(kind: CountedKind, file: string, place: string, value?: string, times = 1): void {
    this.add(kind, times, `${file} ${place}${value === undefined ? '' : `: ${excerpt(value)}`}`);
  }

  /** `times` more of a kind, of which the first is `example`. */
  add(kind: CountedKind, times: number, example: string): void {
    const known = this.counted.get(kind);
    if (known) known.count += times;
    else if (times > 0) this.counted.set(kind, { count: times, example });
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

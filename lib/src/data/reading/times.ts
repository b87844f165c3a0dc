/**
 * Times of a user's file in seconds since 1970: numbers in one unit, inferred from their size if it is
 * not given, or dates as text (dates.ts).
 */
import { basename } from 'node:path';
import { InputError, excerpt } from '../../errors';
import type { Counted } from '../sequences/counted';
import { Dates, NAMES as ORDERS, type DateOrder } from './dates';

/** Units of times that are numbers, and how many of each make a second. */
export const TIME_UNITS = { seconds: 1, milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 } as const;
/** One of TIME_UNITS. */
export type TimeUnit = keyof typeof TIME_UNITS;

/** Seconds of the year 2100. A fixed bound, so that a wrong clock changes no dataset. */
export const LATEST = 4_102_444_800;

/**
 * Years from 1970 to 2099, month and day, perhaps with hour, minute, second and millisecond: no time in any
 * unit but in 1976.
 */
const COMPACT_DATE =
  /^(19[7-9]|20\d)\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])[0-5]\d([0-5]\d(\d{3})?)?)?$/;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Numbers below are no seconds since 1970, but counts of days, years or events. */
const LEAST_SECONDS = 1e8;

/** Whether a number has lost digits: 1.6E+09, as Excel writes it. */
export function isShortened(text: string): boolean {
  return /^\d(?:[.,]\d{1,5})?E\+\d\d$/.test(text);
}

/** Takes the times of one dataset, row by row. */
export class Times {
  private first: { number: boolean; path: string; place: string } | undefined;
  private readonly units = new Map<TimeUnit, { path: string; place: string; text: string }>();

  private readonly dates: Dates;
  private latest = 0;
  /** Times of 0, and where the first is. */
  private readonly zero = { count: 0, example: '' };

  /** @param unit of numbers; inferred from their size if absent. @param order of dates with the year last. */
  constructor(
    private readonly unit?: TimeUnit,
    private readonly order?: DateOrder,
  ) {
    this.dates = new Dates(order);
  }

  /**
   * A time as a number: the seconds of a date, or the number in the file.
   * @throws InputError for what is neither, and for another kind than the first row's.
   */
  take(text: string, column: string, path: string, place: string): number {
    const number = NUMBER.test(text) && !this.isCompactDate(text);
    const value = number ? Number(text) : this.dates.take(text, `${path} ${place}`);
    const { first } = this;
    this.first ??= { number, path, place };
    if (value === undefined || !Number.isFinite(value) || (first && first.number !== number)) {
      const kind = !first
        ? `a number or ${this.dateInWords()}`
        : first.number
          ? 'a number'
          : this.dateInWords();
      throw new InputError(
        `${path} ${place}`,
        `expected ${kind} as ${column}${first ? `, as in ${seenFrom(path, first)}` : ''}, got ` +
          excerpt(text),
        first
          ? 'Correct or remove the row'
          : 'Write times as seconds since 1970, as 2020-12-31 or as 31/12/2020, or name another column ' +
              'with columns.time (--columns time=NAME)',
      );
    }
    this.latest = Math.max(this.latest, value);
    if (value === 0 && this.zero.count++ === 0) this.zero.example = `${basename(path)} ${place}`;
    if (number && this.unit === undefined && value > 0) {
      const unit = unitOf(value);
      if (!this.units.has(unit)) this.units.set(unit, { path, place, text });
    }
    return value;
  }

  /** Whether two such times can differ by less than a double of seconds shows. */
  isFinerThanMicroseconds(text: string): boolean {
    if (text.length < 17) return false;
    if (this.first?.number === false) return /\.\d{6}\d*[1-9]/.test(text);
    const digits = text.replace(/e.*$/i, '').replace(/\D/g, '');
    return digits.replace(/^0+|0+$/g, '').length > 16;
  }

  private dateInWords(): string {
    return this.order === undefined
      ? 'a date (2020-12-31)'
      : `a date (2020-12-31, or ${ORDERS[this.order]} as dateOrder says)`;
  }

  /** What was guessed about the times, and options that had nothing to act on. */
  said(): string[] {
    const said: string[] = [];
    const dates = this.first?.number === false;
    if (dates && this.unit !== undefined)
      said.push('timeUnit (--time-unit) is not used: the times are dates');
    if (this.order !== undefined && !this.dates.hasYearLast())
      said.push('dateOrder (--date-order) is not used: no date ends with the year');
    if (!dates && this.unit === undefined && this.latest > 0 && this.latest < LEAST_SECONDS)
      said.push(`times up to ${this.latest} are too small for seconds since 1970: only their order counts`);
    return said;
  }

  /** Times of 0 among times that are not; a count of events may begin there. */
  zeros(): Counted {
    const isCount = this.first?.number === true && this.latest < LEAST_SECONDS;
    return isCount ? { count: 0, example: '' } : this.zero;
  }

  /** Eight or fourteen digits, which are a number in a file of numbers. */
  private isCompactDate(text: string): boolean {
    return this.unit === undefined && this.first?.number !== true && COMPACT_DATE.test(text);
  }

  /** Whether a value that `take` gave lies between 1970 and 2099, in the unit that its size implies. */
  isPossible(value: number): boolean {
    const unit = this.first?.number === false ? 'seconds' : (this.unit ?? unitOf(value));
    return value >= 0 && value / TIME_UNITS[unit] <= LATEST;
  }

  /** As Dates.told. */
  dateOrder(): ReturnType<Dates['told']> {
    return this.dates.told();
  }

  /** What the times are. @throws InputError if they are of several units. */
  kind(): TimeUnit | 'dates' {
    if (this.first?.number === false) return 'dates';
    if (this.unit !== undefined) return this.unit;
    const [[unit, one] = ['seconds' as const], other] = this.units;
    if (one === undefined || other === undefined) return unit;
    const [otherUnit, { path, place, text }] = other;
    throw new InputError(
      `${path} ${place}`,
      `expected ${unit} as in ${seenFrom(path, one)} (${one.text}), got what looks like ${otherUnit} ` +
        `(${text})`,
      'Write all times in one unit, or name the unit of all with timeUnit (--time-unit)',
    );
  }
}

function seenFrom(path: string, other: { path: string; place: string }): string {
  return other.path === path ? other.place : `${other.path} ${other.place}`;
}

/** 10^11 seconds are the year 5138, 10^11 milliseconds 1973. */
function unitOf(value: number): TimeUnit {
  if (value < 1e11) return 'seconds';
  if (value < 1e14) return 'milliseconds';
  return value < 1e17 ? 'microseconds' : 'nanoseconds';
}

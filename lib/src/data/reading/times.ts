/**
 * Times of a user's file in seconds since 1970: numbers in one unit, told by their size where it is not
 * given, or dates as text (ISO 8601; without a zone they are UTC).
 */
import { InputError, excerpt } from '../../errors';

/** Units of times that are numbers, and how many of each make a second. */
export const TIME_UNITS = { seconds: 1, milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 } as const;
/** One of TIME_UNITS. */
export type TimeUnit = keyof typeof TIME_UNITS;

/** Seconds of the year 2100. A fixed bound, so that a wrong clock changes no dataset. */
export const LATEST = 4_102_444_800;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DATE =
  /^(\d{4})([-/])(\d\d?)\2(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;

/** Takes the times of one dataset, row by row. */
export class Times {
  private first: { number: boolean; path: string; place: string } | undefined;
  private readonly units = new Map<TimeUnit, { path: string; place: string; text: string }>();

  /** @param unit of numbers; by default told by their size. */
  constructor(private readonly unit?: TimeUnit) {}

  /**
   * The number that stands for a time: seconds of a date, or as it stands in the file.
   * @throws InputError for what is neither, and for another kind than the first row's.
   */
  take(text: string, column: string, path: string, place: string): number {
    const number = NUMBER.test(text);
    const value = number ? Number(text) : secondsOf(text);
    const { first } = this;
    this.first ??= { number, path, place };
    if (value === undefined || !Number.isFinite(value) || (first && first.number !== number)) {
      const kind = !first ? 'a number or an ISO date' : first.number ? 'a number' : 'an ISO date';
      throw new InputError(
        `${path} ${place}`,
        `expected ${kind} as ${column}${first ? `, as in ${seenFrom(path, first)}` : ''}, got ` +
          excerpt(text),
        'Mend or remove the row',
      );
    }
    if (number && this.unit === undefined && value > 0) {
      const unit = unitOf(value);
      if (!this.units.has(unit)) this.units.set(unit, { path, place, text });
    }
    return value;
  }

  /** Whether a value that `take` gave lies between 1970 and 2099, in the unit that its size tells. */
  isPossible(value: number): boolean {
    const unit = this.first?.number === false ? 'seconds' : (this.unit ?? unitOf(value));
    return value >= 0 && value / TIME_UNITS[unit] <= LATEST;
  }

  /** What the times are. @throws InputError where they are of several units. */
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

function secondsOf(text: string): number | undefined {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = found;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number);
  const midnight = new Date(Date.UTC(y, mo - 1, d));
  const isDay =
    midnight.getUTCFullYear() === y && midnight.getUTCMonth() === mo - 1 && midnight.getUTCDate() === d;
  if (!isDay || h > 24 || mi > 59 || s > 60) return undefined;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = sign === undefined ? 0 : (sign === '-' ? -60 : 60) * (60 * Number(hours) + Number(minutes));
  return midnight.getTime() / 1000 + 3600 * h + 60 * mi + s + Number(`0.${fraction}`) - offset;
}

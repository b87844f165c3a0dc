/**
 * Dates as text, in seconds since 1970: ISO 8601, or day, month and year in an order that the dates of a file
 * tell together. Without a zone they are UTC.
 */
import { InputError } from '../../errors';

/** Order of the numbers in dates such as 31/12/2020 (day first) and 12/31/2020 (month first). */
export const DATE_ORDERS = ['dmy', 'mdy'] as const;
/** One of DATE_ORDERS. */
export type DateOrder = (typeof DATE_ORDERS)[number];

const ISO =
  /^(\d{4})([-/])(\d\d?)\2(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
const YEAR_LAST =
  /^(\d\d?)([-/.])(\d\d?)\2(\d{4})(?:,? (\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*([ap]m)?$/i;
/** No month is later; a day may be. */
const MONTHS = 12;

interface Example {
  /** File and line. */
  place: string;
  text: string;
}

/** Takes the dates of one dataset, row by row. */
export class Dates {
  /** Of the first date; the others must be alike. */
  private yearFirst: boolean | undefined;
  /** The first date that can only be of this order. */
  private readonly seen = new Map<DateOrder, Example>();
  /** The first that can be of both. */
  private undecided: Example | undefined;

  /** @param order of dates with the year last; by default told by those that can only be of one order. */
  constructor(private readonly order?: DateOrder) {}

  /**
   * Seconds of a date; where both orders are possible, those of day first (see `order`). Undefined for what
   * is no date. @param place file and line.
   */
  take(text: string, place: string): number | undefined {
    const iso = this.yearFirst === false ? null : ISO.exec(text);
    if (iso) {
      this.yearFirst = true;
      const [, year, , month, day, ...time] = iso;
      return seconds(Number(year), Number(month), Number(day), time);
    }
    const found = this.yearFirst === true ? null : YEAR_LAST.exec(text);
    if (!found) return undefined;
    this.yearFirst = false;
    const [, one, , two, year, hour, minute, second, fraction, half] = found;
    const [a, b] = [Number(one), Number(two)];
    const order = this.order ?? (b > MONTHS ? 'mdy' : 'dmy');
    if (this.order === undefined) this.note(a > MONTHS || b > MONTHS ? order : undefined, { place, text });
    const [day, month] = order === 'dmy' ? [a, b] : [b, a];
    const time = [half === undefined ? hour : hourOfDay(hour, half), minute, second, fraction];
    return seconds(Number(year), month, day, time);
  }

  private note(order: DateOrder | undefined, example: Example): void {
    if (order === undefined) this.undecided ??= example;
    else if (!this.seen.has(order)) this.seen.set(order, example);
  }

  /**
   * The order that the dates tell, with one that tells it; undefined where none has its year last, or the
   * order was given. If it is month first, days up to the 12th have been taken for months.
   * @throws InputError where dates tell two orders, or none.
   */
  told(): { order: DateOrder; example: Example } | undefined {
    const [first, second] = this.seen;
    if (second !== undefined) {
      const [[order, { place, text }], [otherOrder, other]] = [second, first];
      throw new InputError(
        place,
        `expected dates as ${NAMES[otherOrder]} as in ${other.place} (${other.text}), got ${NAMES[order]} ` +
          `(${text})`,
        'Write all dates as year-month-day',
      );
    }
    if (first !== undefined) return { order: first[0], example: first[1] };
    if (this.undecided === undefined) return undefined;
    throw new InputError(
      this.undecided.place,
      `expected dates that tell day and month apart, got ${this.undecided.text} and none with a day after ` +
        'the 12th',
      'Name their order with dateOrder: dmy for day/month/year, mdy for month/day/year (--date-order dmy)',
    );
  }
}

export const NAMES: Readonly<Record<DateOrder, string>> = { dmy: 'day/month/year', mdy: 'month/day/year' };

function hourOfDay(hour: string, half: string): string {
  const twelfths = Number(hour) % 12;
  return String(half.toLowerCase() === 'pm' ? twelfths + 12 : twelfths);
}

/** @param time hour, minute, second, fraction, zone; each may be undefined. */
function seconds(
  year: number,
  month: number,
  day: number,
  [hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z']: readonly (string | undefined)[],
): number | undefined {
  const [h, mi, s] = [hour, minute, second].map(Number);
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isDay =
    midnight.getUTCFullYear() === year &&
    midnight.getUTCMonth() === month - 1 &&
    midnight.getUTCDate() === day;
  if (!isDay || h > 24 || mi > 59 || s > 60) return undefined;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = sign === undefined ? 0 : (sign === '-' ? -60 : 60) * (60 * Number(hours) + Number(minutes));
  return midnight.getTime() / 1000 + 3600 * h + 60 * mi + s + Number(`0.${fraction}`) - offset;
}

/**
 * Dates as text, in seconds since 1970. Those of a file are all of one form (dateForms.ts). If day and
 * month are numbers and the year is last, all dates together tell which comes first.
 */
import { InputError } from '../../errors';
import { DATE_FORMS, partsOf, secondsOf, type DateForm } from './dateForms';

/** Order of the numbers in dates such as 31/12/2020 (day first) and 12/31/2020 (month first). */
export const DATE_ORDERS = ['dmy', 'mdy'] as const;
/** One of DATE_ORDERS. */
export type DateOrder = (typeof DATE_ORDERS)[number];

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
  private form: DateForm | undefined;
  /** The first date that can only be of this order. */
  private readonly seen = new Map<DateOrder, Example>();
  /** The first that can be of both. */
  private undecided: Example | undefined;

  /** @param order of dates with the year last; by default inferred from those that fit only one order. */
  constructor(private readonly order?: DateOrder) {}

  /**
   * Seconds of a date; if both orders are possible, with the day first (see `order`). Undefined for what
   * is no date. @param place file and line.
   */
  take(text: string, place: string): number | undefined {
    const forms = this.form === undefined ? (Object.keys(DATE_FORMS) as DateForm[]) : [this.form];
    for (const form of forms) {
      const parts = partsOf(form, text);
      if (parts === undefined) continue;
      this.form = form;
      if (form !== 'yearLast') return secondsOf(parts);
      const [a, b] = [Number(parts.day), Number(parts.month)];
      const order = this.order ?? (b > MONTHS ? 'mdy' : 'dmy');
      if (this.order === undefined) this.note(a > MONTHS || b > MONTHS ? order : undefined, { place, text });
      return secondsOf(order === 'dmy' ? parts : { ...parts, day: parts.month, month: parts.day });
    }
    return undefined;
  }

  hasYearLast(): boolean {
    return this.form === 'yearLast';
  }

  private note(order: DateOrder | undefined, example: Example): void {
    if (order === undefined) this.undecided ??= example;
    else if (!this.seen.has(order)) this.seen.set(order, example);
  }

  /**
   * The order that the dates imply, with one that implies it; undefined if none has its year last, or the
   * order was given. If it is month first, days up to the 12th have been taken for months.
   * @throws InputError if the dates imply two orders, or none.
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
      `expected dates whose day and month can be told apart, got ${this.undecided.text} and none with a ` +
        'day after the 12th',
      'Name their order with dateOrder: dmy for day/month/year, mdy for month/day/year (--date-order dmy)',
    );
  }
}

export const NAMES: Readonly<Record<DateOrder, string>> = { dmy: 'day/month/year', mdy: 'month/day/year' };

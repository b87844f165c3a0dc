/**
 * How dates are written: the forms that are read, each as an expression with named groups. Months by name are
 * English.
 */

/** What a form finds. Numeric day and month may be in either order if the year is last. */
export interface DateParts {
  year: string;
  day: string;
  /** By number, or by name. */
  month: string;
  hour?: string;
  minute?: string;
  second?: string;
  fraction?: string;
  half?: string;
  zone?: string;
}

const CLOCK =
  '(?<hour>\\d\\d?):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?)?' +
  '(?:\\s*(?<half>[ap])\\.?m\\.?)?';
/**
 * After an offset, its name may follow: (Central European Standard Time) as in JavaScript, UTC as in Go,
 * [Europe/Berlin] as in Java.
 */
const ZONE =
  '(?:\\s*(?<zone>Z|(?:UTC|GMT)?[+-]\\d\\d(?::?\\d\\d)?|UTC|GMT)' +
  '(?: \\([^)]*\\)| UTC|\\[[\\w/+-]+\\])?)?';
const WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?';
/** In English, whole or short: three letters alone may begin another month elsewhere (Finnish marraskuu). */
const NAME =
  '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|' +
  'sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, 'i');
}

/** By name; a file's dates are all of one form. */
export const DATE_FORMS = {
  /** 2020-12-31, 2020/12/31 23:59, 2020-12-31T23:59:59.5+01:00 */
  yearFirst: form(
    `(?<year>\\d{4})(?<sign>[-/.])(?<month>\\d\\d?)\\k<sign>(?<day>\\d\\d?)(?:[T ]${CLOCK})?${ZONE}`,
  ),
  /** 20201231, 202012312359, 20201231235959, 20201231235959123, 20201231T235959Z */
  compact: form(
    '(?<year>(?:19[7-9]|20\\d)\\d)(?<month>\\d\\d)(?<day>\\d\\d)' +
      `(?:[T ]?(?<hour>\\d\\d)(?<minute>\\d\\d)(?:(?<second>\\d\\d)(?:\\.?(?<fraction>\\d+))?)?)?${ZONE}`,
  ),
  /** 31/12/2020, 12/31/2020 11:59 PM, 31.12.2020, 23:59; `day` is the first number. */
  yearLast: form(`(?<day>\\d\\d?)(?<sign>[-/.])(?<month>\\d\\d?)\\k<sign>(?<year>\\d{4})(?:,? ${CLOCK})?`),
  /** 31-Dec-2020, 31 December 2020 23:59, Thu, 31 Dec 2020 23:59:59 +0000, 31/Dec/2020:23:59:59 +0000 */
  dayAndName: form(
    `${WEEKDAY}(?<day>\\d\\d?)(?<sign>[-/ ])${NAME}\\k<sign>(?<year>\\d{4})(?:(?:,? |:)${CLOCK})?${ZONE}`,
  ),
  /** Dec 31, 2020, December 31 2020 11:59 PM, Thu Dec 31 2020 23:59:59 GMT+0000 */
  nameAndDay: form(`${WEEKDAY}${NAME} +(?<day>\\d\\d?),? (?<year>\\d{4})(?:,? ${CLOCK})?${ZONE}`),
  /** Thu Dec 31 23:59:59 2020, Thu Dec 31 23:59:59 +0000 2020, as C, Unix and Twitter write it. */
  nameAndYearLast: form(`${WEEKDAY}${NAME} +(?<day>\\d\\d?) ${CLOCK}${ZONE} (?<year>\\d{4})`),
  /** 12 31, 2020, as the reviewTime of Amazon's files. */
  reviewTime: form('(?<month>\\d\\d?) (?<day>\\d\\d?), (?<year>\\d{4})'),
} satisfies Record<string, RegExp>;

/** One of DATE_FORMS. */
export type DateForm = keyof typeof DATE_FORMS;

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** What `text` says in that form; undefined if it is not written so. */
export function partsOf(form: DateForm, text: string): DateParts | undefined {
  return DATE_FORMS[form].exec(text)?.groups as DateParts | undefined;
}

/** Seconds since 1970, UTC if no zone is named; undefined for a day or time that there is not. */
export function secondsOf(parts: DateParts): number | undefined {
  const { hour = '0', minute = '0', second = '0', fraction = '0', half, zone = 'Z' } = parts;
  const named = MONTH_NAMES.indexOf(parts.month.slice(0, 3).toLowerCase());
  const [year, month, day] = [parts.year, named === -1 ? parts.month : named + 1, parts.day].map(Number);
  const midnight = new Date(0);
  // Date.UTC takes the years 0 to 99 for those of the 20th century.
  midnight.setUTCFullYear(year, month - 1, day);
  const isDay =
    midnight.getUTCFullYear() === year &&
    midnight.getUTCMonth() === month - 1 &&
    midnight.getUTCDate() === day;
  const [h, mi, s] = [half === undefined ? hour : hourOfDay(hour, half), minute, second].map(Number);
  if (!isDay || h > 24 || mi > 59 || s > 60) return undefined;
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = sign === undefined ? 0 : (sign === '-' ? -60 : 60) * (60 * Number(hours) + Number(minutes));
  return midnight.getTime() / 1000 + 3600 * h + 60 * mi + s + Number(`0.${fraction}`) - offset;
}

function hourOfDay(hour: string, half: string): string {
  const twelfths = Number(hour) % 12;
  return String(half.toLowerCase() === 'p' ? twelfths + 12 : twelfths);
}

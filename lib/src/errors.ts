/**
 * Errors that a user can fix: wrong input, a missing file, an unknown option.
 *
 * The command line prints the message alone and exits with code 2; every other error is a defect of ours and
 * keeps its stack. Used by every room of the library.
 */

/** Wrong input from outside. The message says where, what was expected, what it got, and what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(where: string, problem: string, advice?: string, options?: { cause?: unknown }) {
    super(printable(`${where}: ${problem}${advice === undefined ? '' : `. ${advice}`}`), options);
  }
}

/** What a terminal would obey instead of show: control characters but line feeds, and marks of direction. */
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text with control characters as escapes (\u001b), so that data never steer a terminal. */
export function printable(text: string): string {
  return text.replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value of a user's data for a message: in quotes, on one line, at most 60 characters. */
export function excerpt(value: string): string {
  const whole = Array.from(value.slice(0, 62));
  const short = whole.length > 60 ? `${whole.slice(0, 60).join('')}...` : whole.join('');
  return `"${printable(short).replaceAll('\n', '\\n')}"`;
}

/**
 * The candidate with the smallest edit distance to `word`, or undefined if none is near (more than half its
 * length away).
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best !== undefined && bestDistance <= Math.max(1, Math.ceil(best.length / 2)) ? best : undefined;
}

/** An InputError for a name that is not among those known: lists them and suggests the nearest. */
export function unknownName(where: string, kind: string, name: string, known: readonly string[]): InputError {
  return new InputError(where, unknownNameText(kind, name, known));
}

/**
 * Refuses a misspelled option, which JavaScript would ignore. `known` has every option of `T`.
 * @throws InputError for an unknown option, and for options that are not an object.
 */
export function requireKnownOptions<T extends object>(
  where: string,
  given: T,
  known: Readonly<Record<keyof T, true>>,
): void {
  if (typeof given !== 'object' || (given as unknown) === null)
    throw new InputError(where, `expected an object of options, got ${String(given)}`);
  const names = Object.keys(known);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownName(where, 'option', unknown, names);
}

/** What unknownName says after the place. */
export function unknownNameText(kind: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `unknown ${kind} "${name}". ${near ? `Did you mean "${near}"? ` : ''}Known: ${known.join(', ')}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}

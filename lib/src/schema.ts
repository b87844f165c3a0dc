/**
 * Options as Valibot schemas. A kind checks one value and says in words what it takes; an option is a kind
 * with its meaning and the numbers of its decisions (docs/decisions.md). Types, checks, `--options`,
 * docs/options.md and JSON schemas are derived from these. A schema checks single values; a function beside
 * it checks what depends on two.
 */
import * as v from 'valibot';
import { InputError, unknownNameText } from './errors';

/** A schema that takes values of type T as they are. */
export type Kind<T> = v.GenericSchema<T>;

type Says = (issue: v.BaseIssue<unknown>) => string;
type Bound = (says: Says) => v.GenericValidation<number, number, v.BaseIssue<unknown>>;

/** A number within `bounds`. `expects` says them in words, and fills "expected ..., got ...". */
function number(expects: string, ...bounds: Bound[]): Kind<number> {
  const says = expected(expects);
  return v.pipe(v.pipe(v.number(says), v.metadata({ expects })), ...bounds.map((bound) => bound(says)));
}

const finite: Bound = () => v.finite(expected('a finite number'));

/** A whole number from `least` to `most`. */
export function whole(least: number, most?: number): Kind<number> {
  return number(
    most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`,
    (says) => v.safeInteger(says),
    (says) => v.minValue(least, says),
    (says) => v.maxValue(most ?? Number.MAX_SAFE_INTEGER, says),
  );
}

export const even = number(
  'an even number of at least 2',
  (says) => v.minValue(2, says),
  (says) => v.multipleOf(2, says),
);
export const positive = number('a number above 0', finite, (says) => v.gtValue(0, says));
export const notNegative = number('a number of at least 0', finite, (says) => v.minValue(0, says));
export const share = number(
  'a share above 0 and at most 1',
  (says) => v.gtValue(0, says),
  (says) => v.maxValue(1, says),
);
export const shareOrNone = number(
  'a share from 0 to 1',
  (says) => v.minValue(0, says),
  (says) => v.maxValue(1, says),
);
export const properShare = number(
  'a share above 0 and below 1',
  (says) => v.gtValue(0, says),
  (says) => v.ltValue(1, says),
);
/** A dropout rate, or the decay of a mean. */
export const belowOne = number(
  'a number of at least 0 and below 1',
  (says) => v.minValue(0, says),
  (says) => v.ltValue(1, says),
);

export const boolean: Kind<boolean> = v.pipe(
  v.boolean(expected('true or false')),
  v.metadata({ expects: 'true or false' }),
);

export const anyText: Kind<string> = v.pipe(v.string(expected('a text')), v.metadata({ expects: 'a text' }));

export const name: Kind<string> = v.pipe(
  v.string(expected('a name')),
  v.nonEmpty(expected('a name')),
  v.metadata({ expects: 'a name' }),
);

/** One of the names `known`; `noun` is what an unknown one is called. */
export function oneOf<const T extends string>(noun: string, known: readonly T[]): Kind<T> {
  const says: Says = (issue) =>
    typeof issue.input === 'string' && issue.input !== ''
      ? unknownNameText(noun, issue.input, known)
      : expected('a name')(issue);
  return v.pipe(v.picklist(known, says), v.metadata({ expects: `one of ${known.join(', ')}` }));
}

/** A list of `entry`, each once, of at least `least` entries. */
export function list<T>(entry: Kind<T>, least: 0 | 1 = 0): Kind<T[]> {
  const expects = `a list${least > 0 ? ' that is not empty' : ''}, each ${expectsOf(entry)}`;
  const says = expected(expects);
  return v.pipe(
    v.array(entry, says),
    v.minLength(least, says),
    v.check((entries) => new Set(entries.map(shown)).size === entries.length, expected('each entry once')),
    v.metadata({ expects }),
  );
}

/** An object of these entries and no other; `noun` is what an unknown entry is called. */
export function object<const E extends v.ObjectEntries>(
  entries: E,
  noun = 'key',
): v.StrictObjectSchema<E, Says> {
  return v.strictObject(entries, (issue) => {
    const key = String(issue.path?.at(-1)?.key);
    if (issue.path === undefined) return expected(objectOf(entries))(issue);
    if (isUnknownKey(issue)) return unknownNameText(noun, key, Object.keys(entries));
    return expected(expectsOf(entries[key]))(issue);
  });
}

/** `kind` as an option: what it is for, in a line, and which decisions it stands for. */
export function option<T>(kind: Kind<T>, meaning: string, ...decisions: string[]): Kind<T> {
  return v.pipe(kind, v.description(meaning), v.metadata({ decisions }));
}

/** An option that has a default. */
export function defaulted<T, D extends T>(
  kind: Kind<T>,
  byDefault: D,
  meaning: string,
  ...decisions: string[]
): v.OptionalSchema<Kind<T>, D> {
  return v.optional(option(kind, meaning, ...decisions), byDefault);
}

export interface OptionInfo {
  /** "recommender.batch.SASRec". */
  key: string;
  /** What it takes, in words. */
  expected: string;
  /** The values that there are, if they can be counted. */
  values?: readonly (string | boolean)[];
  meaning: string;
  /** Numbers of decisions, as in docs/decisions.md. */
  decisions: readonly string[];
}

/** Every option within an object schema, in its order. Entries without a meaning are none. */
export function optionsOf(schema: v.GenericSchema, within = ''): OptionInfo[] {
  return Object.entries(entriesOf(schema)).flatMap(([key, entry]): OptionInfo[] => {
    const kind = unwrapped(entry);
    const meaning = v.getDescription(kind);
    const path = `${within}${key}`;
    if (meaning === undefined) return optionsOf(kind, `${path}.`);
    const { decisions = [] } = v.getMetadata(kind) as { decisions?: string[] };
    return [{ key: path, expected: expectsOf(kind), ...valuesOf(kind), meaning, decisions }];
  });
}

/** The value as the schema gives it, defaults filled in. @throws InputError for the first that is wrong. */
export function parse<S extends v.GenericSchema>(schema: S, value: unknown, where: string): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const path = (issues[0].path ?? []).slice(0, isUnknownKey(issues[0]) ? -1 : undefined);
  const dotted = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  throw new InputError(`${where} ${dotted.replace(/^\./, '')}`.trim(), issues[0].message);
}

/** A value as messages and tables show it. */
function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'none');
}

function expected(what: string): Says {
  return ({ input }) => `expected ${what}, got ${shown(input)}`;
}

/** In words what a kind takes. */
function expectsOf(kind: v.GenericSchema): string {
  const { expects } = v.getMetadata(unwrapped(kind)) as { expects?: string };
  return expects ?? objectOf(entriesOf(kind));
}

function objectOf(entries: v.ObjectEntries): string {
  const keys = Object.entries(entries).map(([key, { type }]) =>
    type === 'optional' ? `${key} (may be absent)` : key,
  );
  return `an object of ${keys.join(', ')}`;
}

function valuesOf(kind: v.GenericSchema): Pick<OptionInfo, 'values'> {
  if (kind.type === 'boolean') return { values: [false, true] };
  return 'options' in kind ? { values: kind.options as readonly string[] } : {};
}

function entriesOf(schema: v.GenericSchema): Record<string, v.GenericSchema> {
  return (unwrapped(schema) as { entries?: Record<string, v.GenericSchema> }).entries ?? {};
}

/** What may be absent, as if it could not be. */
function unwrapped(schema: v.GenericSchema): v.GenericSchema {
  return schema.type === 'optional'
    ? unwrapped((schema as unknown as { wrapped: v.GenericSchema }).wrapped)
    : schema;
}

function isUnknownKey({ type, expected }: v.BaseIssue<unknown>): boolean {
  return type === 'strict_object' && expected === 'never';
}

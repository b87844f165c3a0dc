/** Kinds of option values: what each takes and refuses, and what is read from an object of them. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/src/errors';
import {
  belowOne,
  boolean,
  defaulted,
  even,
  type Kind,
  list,
  name,
  notNegative,
  object,
  oneOf,
  option,
  optionsOf,
  parse,
  positive,
  properShare,
  share,
  whole,
} from '../lib/src/schema';

describe('kinds', () => {
  it.each<[string, Kind<unknown>, unknown[], unknown[]]>([
    [
      'a whole number of at least 1',
      whole(1) as Kind<unknown>,
      [1, 2 ** 53 - 1],
      [0, 1.5, 2 ** 53, NaN, '1'],
    ],
    ['a whole number from 0 to 9', whole(0, 9) as Kind<unknown>, [0, 9], [-1, 10]],
    ['an even number of at least 2', even as Kind<unknown>, [2, 64], [0, 3, 2.5, Infinity]],
    ['a number above 0', positive as Kind<unknown>, [1e-300, 5], [0, -1, NaN, null]],
    ['a number of at least 0', notNegative as Kind<unknown>, [0, 5], [-1e-9, '0']],
    ['a share above 0 and at most 1', share as Kind<unknown>, [1e-4, 1], [0, 1.01]],
    ['a share above 0 and below 1', properShare as Kind<unknown>, [0.5], [0, 1]],
    ['a number of at least 0 and below 1', belowOne as Kind<unknown>, [0, 0.99], [1, -0.1, 2]],
    ['true or false', boolean as Kind<unknown>, [true, false], [0, 'true', undefined]],
    ['a name', name as Kind<unknown>, ['x'], ['', 3]],
  ])('%s', (expected, kind, taken, refused) => {
    for (const value of taken) expect(parse(kind, value, 'here')).toBe(value);
    for (const value of refused) {
      expect(() => parse(kind, value, 'here')).toThrow(InputError);
      expect(() => parse(kind, value, 'here')).toThrow(`here: expected ${expected}, got `);
    }
  });

  it('finite numbers only', () => {
    expect(() => parse(positive, Infinity, 'here')).toThrow('here: expected a finite number, got Infinity');
  });

  it('names: the nearest to an unknown one, and all that there are', () => {
    const kind = oneOf('fruit', ['apple', 'pear']);
    expect(parse(kind, 'pear', 'here')).toBe('pear');
    expect(() => parse(kind, 'aple', 'here')).toThrow(
      'here: unknown fruit "aple". Did you mean "apple"? Known: apple, pear',
    );
    expect(() => parse(kind, 7, 'here')).toThrow('here: expected a name, got 7');
  });

  it('lists: each entry, each once, and where the wrong one is', () => {
    const kind = list(whole(0), 1);
    expect(parse(kind, [2, 0], 'here')).toEqual([2, 0]);
    for (const wrong of [[], 'x', undefined])
      expect(() => parse(kind, wrong, 'here')).toThrow(
        'here: expected a list that is not empty, each a whole number of at least 0, got ',
      );
    expect(() => parse(kind, [1, -1], 'here')).toThrow(
      'here [1]: expected a whole number of at least 0, got -1',
    );
    expect(() => parse(kind, [1, 1], 'here')).toThrow('here: expected each entry once, got [1,1]');
  });
});

describe('objects', () => {
  const schema = object({
    size: defaulted(whole(1), 3, 'how large', 'D1', 'D2'),
    inner: object({ colour: option(oneOf('colour', ['red', 'blue']), 'how bright') }),
    note: v.optional(name),
  });

  it('fill in defaults, also for undefined', () => {
    expect(parse(schema, { inner: { colour: 'red' } }, 'here')).toEqual({
      size: 3,
      inner: { colour: 'red' },
    });
    expect(parse(schema, { size: undefined, inner: { colour: 'red' } }, 'here').size).toBe(3);
  });

  it('say where the first wrong value is', () => {
    const refused = (value: unknown): string => {
      try {
        parse(schema, value, 'here');
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing was refused';
    };
    expect(refused({ size: 0, inner: 1 })).toBe('here size: expected a whole number of at least 1, got 0');
    expect(refused({ inner: {} })).toBe('here inner.colour: expected one of red, blue, got none');
    expect(refused({ inner: { colour: 'red', color: 1 } })).toBe(
      'here inner: unknown key "color". Did you mean "colour"? Known: colour',
    );
    expect(refused(null)).toBe(
      'here: expected an object of size (may be absent), inner, note (may be absent), got null',
    );
  });

  it('list the options within, in their order; what has no meaning is none', () => {
    expect(optionsOf(schema)).toEqual([
      {
        key: 'size',
        expected: 'a whole number of at least 1',
        meaning: 'how large',
        decisions: ['D1', 'D2'],
      },
      {
        key: 'inner.colour',
        expected: 'one of red, blue',
        values: ['red', 'blue'],
        meaning: 'how bright',
        decisions: [],
      },
    ]);
  });
});

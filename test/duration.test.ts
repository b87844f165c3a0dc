/** Seconds in words: measured ones in full, expected ones roughly. */
import { expect, test } from 'vitest';
import { duration, roughly } from '../lib/src/duration';

test.each([
  [3.2, '3.2 s'],
  [75, '1 min 15 s'],
  [359_990, '99 h 59 min'],
  [360_000, '4 days'],
  [1.4e8, '1620 days'],
])('%f seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [8.2, '9 s'],
  [89, '89 s'],
  [100, '2 min'],
  [5399, '90 min'],
  [5400, '1.5 h'],
])('%f seconds are roughly %s', (seconds, text) => {
  expect(roughly(seconds)).toBe(text);
});

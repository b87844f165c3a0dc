/** How long a run will still take. */
import { expect, test } from 'vitest';
import { timeLeft } from '../../lib/src/pipeline/timeLeft';

const nothing = { computed: { expected: 0, seconds: 0 }, running: [], waiting: 0, workers: 2 };

test('before anything has run it is what was expected, over the workers', () => {
  expect(timeLeft({ ...nothing, waiting: 600 })).toBe(300);
});

test('many small stages done do not make the large ones that are left look small', () => {
  const left = timeLeft({ ...nothing, computed: { expected: 10, seconds: 10 }, waiting: 600 });
  expect(left).toBe(300);
});

test('a machine that is half as fast as expected takes twice as long, also by a stage under way', () => {
  const slow = timeLeft({ ...nothing, computed: { expected: 10_000, seconds: 20_000 }, waiting: 600 });
  expect(slow).toBeCloseTo(600, -1);
  const running = [{ expected: 20_000, share: 0.5, elapsed: 20_000 }];
  expect(timeLeft({ ...nothing, running, waiting: 0 })).toBeCloseTo(10_000, -2);
});

test('a stage whose time nobody knows counts with what is left of it', () => {
  expect(timeLeft({ ...nothing, running: [{ expected: 100, share: 0.75 }], workers: 1 })).toBe(25);
});

/** Refuses what is no dataset, before a property that it lacks is read. */
import { InputError } from '../errors';

/** @throws InputError for what has no item keys, such as a promise that nobody waited for. */
export function requireDataset(where: string, given: unknown): void {
  if (Array.isArray((given as { itemKeys?: unknown } | null | undefined)?.itemKeys)) return;
  const isPromise = given instanceof Promise;
  const got = isPromise ? 'a promise of one' : typeof given === 'object' ? 'none' : String(given);
  throw new InputError(
    where,
    `expected a dataset with its item keys, got ${got}`,
    isPromise ? 'Write await before it' : 'await readOwn(path) gives one',
  );
}

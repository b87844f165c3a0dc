import { expect } from 'vitest';
import { InputError } from '../../lib/src/errors';

/** The message of the InputError with which `promise` rejects. Another outcome fails the test. */
export async function inputFailure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

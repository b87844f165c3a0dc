/**
 * Exit codes of the command line: 0 done, 2 wrong input (one message, no stack), 130 interrupted, 1 anything
 * else.
 */
import { CommanderError } from 'commander';
import { InputError } from '../errors';
import { tell } from '../tell';
import { leftByInterruption } from './interrupt';

/** Writes to standard error what ended the command `name`, and returns its exit code. */
export function exitCode(error: unknown, name: string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InputError) {
    tell(error.message, name);
    return 2;
  }
  const left = leftByInterruption(error);
  if (left !== undefined) {
    process.stderr.write(`\n${name}: interrupted; ${left}\n`);
    return 130;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

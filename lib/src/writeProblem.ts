/** What is wrong with a place that was to be written to, in words with what to do. */
import { InputError } from './errors';

export interface WriteAdvice {
  /** Where the disk is full. */
  readonly full?: string;
  /** How another place is named: "set another folder with ELEPHANT_STORE". */
  readonly another?: string;
}

/**
 * An InputError for what the system said when `what` was to be written at `where`; anything that is no matter
 * of the place comes back as it was.
 */
export function writeProblem(
  where: string,
  what: string,
  cause: unknown,
  { full = 'Free some space and run again', another = 'name another place' }: WriteAdvice = {},
): unknown {
  const problem = (got: string, advice: string): InputError => new InputError(where, got, advice, { cause });
  switch (systemCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return problem(`no space left on the disk for ${what}`, full);
    case 'EACCES':
    case 'EROFS':
    case 'EPERM':
      return problem(
        `expected a folder that can be written (${what}), got a refusal`,
        `Make it writable or ${another}`,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return problem('expected a folder, got a file on the way to it', `Move the file or ${another}`);
    case 'EISDIR':
      return problem(
        `expected a place for ${what}, got a folder of this name`,
        `Move the folder or ${another}`,
      );
    case 'ELOOP':
      return problem(
        'expected a folder, got symbolic links that lead back to themselves',
        `Mend the links or ${another}`,
      );
    case 'ENAMETOOLONG':
      return problem(
        `expected a path that the system takes, got one that is too long (${what})`,
        upper(another),
      );
    default:
      return cause;
  }
}

/** The system's code ("ENOSPC") of an error, or of the one that it explains; undefined without one. */
export function systemCode(error: unknown): string | undefined {
  const { code, cause } = error as NodeJS.ErrnoException;
  if (error instanceof InputError) return cause === undefined ? undefined : systemCode(cause);
  return typeof code === 'string' ? code : undefined;
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

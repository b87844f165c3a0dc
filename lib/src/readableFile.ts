/** What is wrong with a file that cannot be read, in our own words instead of Node's. */
import { lstatSync, statSync, type Stats } from 'node:fs';
import { InputError } from './errors';

/** What was got instead of a file, by the code of the system's error. */
const GOT: Record<string, string> = {
  ENOENT: 'none',
  EISDIR: 'a folder',
  ENOTDIR: 'a path through something that is not a folder',
  ELOOP: 'a symbolic link that leads to itself',
  EACCES: 'one that you are not allowed to read',
  EPERM: 'one that you are not allowed to read',
  ENAMETOOLONG: 'a name that is too long',
  ERR_INVALID_ARG_VALUE: 'an impossible file name',
  EMFILE: 'too many open files',
  EIO: 'a disk that fails to read it',
};

/** The InputError for a file or folder that the system does not give. */
export function unreadable(
  path: string,
  cause: unknown,
  expected = 'a readable file',
  advice = 'Check the path and its permissions',
): InputError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const got = code === 'ENOENT' && isLink(path) ? 'a symbolic link to nothing' : GOT[code];
  return new InputError(path, `expected ${expected}, got ${got ?? `the system's error ${code}`}`, advice, {
    cause,
  });
}

/** @throws InputError for what cannot be read, and for a path that is no text. */
export function statOf(path: string, expected?: string): Stats {
  if (typeof path !== 'string' || path === '')
    throw new InputError('path', `expected ${expected ?? 'a readable file'}, got ${JSON.stringify(path)}`);
  try {
    return statSync(path);
  } catch (cause) {
    throw unreadable(path, cause, expected);
  }
}

/**
 * The facts of a regular file. Pipes and devices are refused: a reader goes through a file more than once,
 * and opening a pipe that nobody writes to blocks the process.
 * @throws InputError for anything else.
 */
export function regularFile(path: string, expected?: string): Stats {
  const stats = statOf(path, expected);
  if (stats.isFile()) return stats;
  const got = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a named pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new InputError(
    path,
    `expected ${expected ?? 'a file'}, got ${got}`,
    stats.isDirectory() ? undefined : 'Write the data to a file first',
  );
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

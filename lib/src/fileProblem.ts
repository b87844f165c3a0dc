/** What the system says when a file cannot be written or read, in words with what to do. */
import { InputError } from './errors';

const MEANING: Readonly<Record<string, readonly [problem: string, advice: string]>> = {
  ENOSPC: ['no space left on the disk', 'Free some space and run again'],
  EDQUOT: ['no space left in the quota of the disk', 'Free some space and run again'],
  EFBIG: [
    'the file grew beyond what the system allows',
    'Raise the limit (ulimit -f) or choose another disk',
  ],
  EACCES: ['expected a place that may be written to, got a refusal', 'Check the rights, or choose another'],
  EPERM: ['expected a place that may be written to, got a refusal', 'Check the rights, or choose another'],
  EROFS: ['expected a place that may be written to, got a read-only disk', 'Choose another'],
  ENOENT: ['expected a folder that is there, found none', 'Make it first'],
  ENOTDIR: ['expected a folder, got a file on the way to it', 'Choose another place'],
  EISDIR: ['expected a file, got a folder', 'Choose another name'],
  ENAMETOOLONG: ['expected a shorter name', 'Choose another name'],
  EIO: ['the disk failed', 'Check the disk'],
};

/** An InputError for an error of the system; any other error comes back as it was. */
export function fileProblem(path: string, error: unknown): unknown {
  const { code, syscall, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code !== 'string' || syscall === undefined) return error;
  const [problem, advice] = MEANING[code] ?? [`the system refused: ${message}`, undefined];
  return new InputError(path, problem, advice, { cause: error });
}

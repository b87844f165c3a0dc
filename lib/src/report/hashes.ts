/** Hashes that show the report whether something changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutComments } from '../pipeline/codeHash';
import { projectRoot } from '../project';

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hash of a file's bytes; undefined if there is no file. */
export function fileHash(file: string): string | undefined {
  return existsSync(file) ? sha256(readFileSync(file)) : undefined;
}

/** Hash of the compiled library, which notebooks import. Comments do not count. */
export function libraryHash(): string {
  const dist = join(projectRoot, 'lib', 'dist');
  const hash = createHash('sha256');
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .sort()) {
    hash.update(file).update(withoutComments(readFileSync(join(dist, file), 'utf8')));
  }
  return hash.digest('hex');
}

/**
 * Content hashes of given files (data, language models), so that a stage's key depends on a file's content
 * and not on its path. Large files are hashed once; the hash is looked up by path, size and time of change,
 * in this process and in data/prepared.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { folders } from '../project';
import { writeFileAtomic } from '../writeAside';

/** Files above this size are remembered on disk; smaller ones are read again in each process. */
const REMEMBERED_BYTES = 64 * 2 ** 20;
const known = new Map<string, string>();

/**
 * SHA-256 (hex) of a file's bytes; "absent" if there is no such file. `memory`: the file that remembers the
 * hashes of large files.
 */
export function fileHash(path: string, memory = join(folders.prepared, 'file-hashes.json')): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined || !facts.isFile()) return 'absent';
  const place = JSON.stringify([resolve(path), facts.size, facts.mtimeMs]);
  let hash = known.get(place);
  if (hash !== undefined) return hash;
  const large = facts.size > REMEMBERED_BYTES;
  const remembered = large ? recall(memory) : {};
  hash = remembered[place] ?? hashOf(path);
  known.set(place, hash);
  if (large && remembered[place] === undefined) remember(memory, { ...remembered, [place]: hash });
  return hash;
}

function hashOf(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1 << 20);
  try {
    for (let read = 1; read > 0;) {
      read = readSync(file, buffer);
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

function recall(memory: string): Record<string, string> {
  if (!existsSync(memory)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(memory, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};
  } catch {
    return {}; // Not readable: the files are hashed again.
  }
}

function remember(memory: string, all: Record<string, string>): void {
  try {
    writeFileAtomic(memory, `${JSON.stringify(all, null, 1)}\n`);
  } catch {
    // If this fails, only the next start takes longer.
  }
}

/**
 * The version of the code that computes a stage: a hash over the stage's file and everything it imports
 * inside the library, transitively, plus the versions of the packages these files import. Editing a file that
 * a stage does not import does not change its key, so its stored result stays valid. Neither does a comment
 * on lines of its own.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { packageVersion } from '../project';

const IMPORT = /(?:\brequire\(|\bfrom\s+|\bimport\(|\bimport\s+)\s*["']([^"']+)["']/g;
const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
const cache = new Map<string, string>();

/**
 * Hash (hex) of the code reachable from `file`, an absolute path of this library's source or compiled code.
 */
export function codeHash(file: string): string {
  let hash = cache.get(file);
  if (hash === undefined) {
    hash = computeHash(file);
    cache.set(file, hash);
  }
  return hash;
}

/** The library files reachable from `file`, sorted, and the packages they import. */
export function reachable(file: string): { files: string[]; packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [file];
  while (waiting.length > 0) {
    const current = waiting.pop() as string;
    if (files.has(current)) continue;
    files.add(current);
    for (const [, specifier] of withoutComments(readFileSync(current, 'utf8')).matchAll(IMPORT)) {
      if (builtins.has(specifier)) continue;
      if (specifier.startsWith('.')) waiting.push(resolveModule(join(dirname(current), specifier)));
      else
        packages.add(
          specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

function computeHash(file: string): string {
  const { files, packages } = reachable(file);
  const hash = createHash('sha256');
  for (const path of files)
    hash
      .update(`${relative(__dirname, path)}\0`)
      .update(withoutComments(readFileSync(path, 'utf8')))
      .update('\0');
  for (const name of packages) hash.update(`${name}@${packageVersion(name) ?? 'absent'}\0`);
  return hash.digest('hex');
}

/** Removes comments that have their lines to themselves. A comment that follows code stays. */
export function withoutComments(code: string): string {
  return code.replace(/^[ \t]*(?:\/\*[^]*?\*\/[ \t]*\n?|\/\/.*\n?)/gm, '');
}

function resolveModule(path: string): string {
  for (const candidate of [
    path,
    `${path}.js`,
    `${path}.ts`,
    join(path, 'index.js'),
    join(path, 'index.ts'),
  ]) {
    if (statSync(candidate, { throwIfNoEntry: false })?.isFile()) return candidate;
  }
  throw new Error(`codeHash: cannot resolve "${path}"`);
}

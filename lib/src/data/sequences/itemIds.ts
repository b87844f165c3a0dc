/** Orders of items that do not depend on the order of the file. */
import { keyHash } from '../keyHash';

/** Ids 1.. of the item codes that have a key, in the order of the keys' hash (equal hashes: by key). */
export function idsOf(keys: string[]): { ids: Int32Array; keys: string[] } {
  const codes: number[] = [];
  keys.forEach((_, code) => codes.push(code));
  const hashes = new Uint32Array(keys.length);
  for (const code of codes) hashes[code] = keyHash(keys[code], 0);
  codes.sort((a, b) => hashes[a] - hashes[b] || (keys[a] < keys[b] ? -1 : 1));
  const ids = new Int32Array(keys.length);
  codes.forEach((code, rank) => (ids[code] = rank + 1));
  return { ids, keys: codes.map((code) => keys[code]) };
}

/** The place of each code among the codes sorted by key. */
export function ranksOf(keys: string[]): Int32Array {
  const codes: number[] = [];
  keys.forEach((_, code) => codes.push(code));
  codes.sort((a, b) => (keys[a] < keys[b] ? -1 : 1));
  const ranks = new Int32Array(keys.length);
  codes.forEach((code, rank) => (ranks[code] = rank));
  return ranks;
}

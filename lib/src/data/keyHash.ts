/**
 * A 32-bit hash of a key and a seed (FNV-1a over UTF-16 code units, then MurmurHash3's finaliser). It orders
 * items and samples users, independently of the order of files and of keys.
 */
export function keyHash(key: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

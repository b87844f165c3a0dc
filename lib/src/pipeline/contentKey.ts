/**
 * Content keys: a stage's result is found again by a hash of what it was computed from. Key order in objects
 * does not matter; anything that JSON cannot hold exactly (NaN, undefined, functions) is an error rather than
 * a silent collision.
 */
import { createHash } from 'node:crypto';

/** JSON with sorted keys: equal values, equal text. @throws TypeError where JSON cannot hold the value. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonicalJson: expected a finite number, got ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`);
    return `{${entries.join(',')}}`;
  }
  throw new TypeError(`canonicalJson: expected JSON, got ${typeof value}`);
}

/** SHA-256 of the canonical form, in hex. */
export function contentKey(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

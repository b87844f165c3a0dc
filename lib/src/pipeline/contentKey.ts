/**
 * Content keys: a stage's result is found by a hash of what it was computed from. The order of keys in
 * objects does not matter. Values that JSON cannot represent exactly (NaN, undefined, functions) are errors
 * rather than silent collisions.
 */
import { createHash } from 'node:crypto';

/** JSON with sorted keys: equal values, equal text. @throws TypeError if JSON cannot represent the value. */
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

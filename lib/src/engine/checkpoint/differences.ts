/** Which keys of two nested configurations differ, in words. */

/**
 * One text per differing leaf, e.g. `configuration.optimizer.learningRate (checkpoint 0.001, this run
 * 0.003)`. Values are compared as JSON holds them: an undefined value is an absent key, and key order does
 * not matter.
 */
export function differences(path: string, saved: unknown, present: unknown): string[] {
  return compare(path, saved, JSON.parse(JSON.stringify(present)) as unknown);
}

function compare(path: string, saved: unknown, present: unknown): string[] {
  if (isObject(saved) && isObject(present)) {
    const keys = [...new Set([...Object.keys(saved), ...Object.keys(present)])].sort();
    return keys.flatMap((key) => compare(`${path}.${key}`, own(saved, key), own(present, key)));
  }
  if (Array.isArray(saved) && Array.isArray(present) && saved.length === present.length) {
    return saved.flatMap((value, i) => compare(`${path}[${i}]`, value, present[i]));
  }
  return Object.is(saved, present) ? [] : [`${path} (checkpoint ${show(saved)}, this run ${show(present)})`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
}

function show(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

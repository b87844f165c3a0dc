/** Several sets of named things in one, told apart by a prefix of their names. */

export function withPrefix<T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [prefix + name, value]));
}

/** Those whose names begin with `prefix`, by what follows it. */
export function underPrefix<T>(prefix: string, named: Readonly<Record<string, T>>): Record<string, T> {
  const own = Object.entries(named).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** One regular expression made of several, for one that is too long for a line. Flags are the first's. */
export function pattern(...parts: [RegExp, ...RegExp[]]): RegExp {
  return new RegExp(parts.map(({ source }) => source).join(''), parts[0].flags);
}

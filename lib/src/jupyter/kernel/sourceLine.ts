/**
 * Finds the line of a cell that a compiled line comes from. tslab keeps no source map, but the compiler keeps
 * the order of lines and most of their words. So the two texts are aligned like two versions of a file. Pure.
 */

/** Lines that share fewer words than this do not match. */
const ALIKE = 0.34;

/** Lines count from 1; undefined if the source has no similar line. */
export function sourceLine(source: string, compiled: string, line: number): number | undefined {
  const [a, b] = [source, compiled].map((text) => text.split('\n').map(words));
  // best[i][j]: the greatest total likeness of the first i lines of the source and the first j of the
  // compiled form.
  const best = Array.from({ length: a.length + 1 }, () => new Float64Array(b.length + 1));
  const pair = (i: number, j: number): number => best[i - 1][j - 1] + likeness(a[i - 1], b[j - 1]);
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) best[i][j] = Math.max(best[i - 1][j], best[i][j - 1], pair(i, j));
  for (let i = a.length, j = b.length; i > 0 && j >= line;) {
    if (best[i][j] === best[i][j - 1]) j--;
    else if (best[i][j] === best[i - 1][j]) i--;
    else if (j-- === line) return i;
    else i--;
  }
  return undefined;
}

/** Names, numbers and punctuation, without what the compiler adds: `(0, elephant_1.open)(` is `open(`. */
function words(line: string): string[] {
  return (
    line
      .replace(/\(0, \w+_\d+\.(\w+)\)/g, '$1')
      .replace(/\b\w+_\d+\./g, '')
      .match(/[\w$]+|[^\s\w]/g) ?? []
  );
}

/** Twice the words in common over all words; 0 for lines that have little in common. */
function likeness(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count > 0) common++;
    left.set(word, count - 1);
  }
  const share = (2 * common) / (a.length + b.length);
  return share < ALIKE ? 0 : share;
}

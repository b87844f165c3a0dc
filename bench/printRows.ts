/** What a benchmark prints when it is done. */

/** Rows on standard output, as one JSON array or as lines of "name value" pairs. */
export function printRows(rows: readonly object[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const text = (value: unknown): string =>
    typeof value === 'number'
      ? String(Number(value.toPrecision(4)))
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  for (const row of rows) {
    const parts = Object.entries(row)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `${name} ${text(value)}`);
    process.stdout.write(`${parts.join('  ')}\n`);
  }
}

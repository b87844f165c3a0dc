/**
 * The value of a cell's last line. tslab prints it as Node.js prints objects. Values that the library can
 * display are displayed instead (report/display/lastValues.ts).
 */

/** Resolves to true once a value is shown, to false for an unknown kind of value. */
export type ShowValue = (value: unknown) => Promise<boolean>;

let show: ShowValue = () => Promise.resolve(false);

export function showLastValues(by: ShowValue): void {
  show = by;
}

export function showsItself(value: unknown): Promise<boolean> {
  return show(value);
}

/**
 * The value of a cell's last line. tslab prints it as Node.js prints objects; what a library knows how to
 * show is shown instead. report/display/lastValues.ts says what that is.
 */

/** Resolves to true once a value is shown, to false for one that is not known. */
export type ShowValue = (value: unknown) => Promise<boolean>;

let show: ShowValue = () => Promise.resolve(false);

export function showLastValues(by: ShowValue): void {
  show = by;
}

export function showsItself(value: unknown): Promise<boolean> {
  return show(value);
}

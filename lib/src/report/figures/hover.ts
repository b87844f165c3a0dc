/** What a pointer reads on a figure: lines that several figures share. */
import type { UserInterval } from '../../experiments/pairedInterval';

/** "+2.7", "−0.3". */
export function signed(value: number, digits = 1): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

/** "95 % interval over 388 users: +1.2 to +4.0 %". */
export function intervalLine(
  { low, high, users }: UserInterval,
  unit: string,
  written: (value: number) => string = signed,
): string {
  return `95 % interval over ${users} users: ${written(low)} to ${written(high)} ${unit}`;
}

/** "388 users"; nothing if the number was not kept. */
export function usersLine(users: number | undefined): string[] {
  return users === undefined ? [] : [`${users} users`];
}

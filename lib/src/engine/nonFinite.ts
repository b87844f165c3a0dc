/**
 * Finds tensors that are not finite, for the message of a NonFiniteError. firstNonFinite is only needed after
 * a bad loss.
 */
import type { HostArray } from './types';

/** Looks at the inputs, then at the state before the step; otherwise the loss itself is the culprit. */
export function firstNonFinite(
  inputs: Record<string, HostArray>,
  state: Iterable<readonly [string, HostArray]>,
): string {
  for (const [name, data] of Object.entries(inputs)) if (!allFinite(data)) return name;
  for (const [name, data] of state) if (!allFinite(data)) return name;
  return 'loss';
}

/** Also true of whole numbers, which are always finite. */
export function allFinite(data: HostArray): boolean {
  if (!(data instanceof Float32Array)) return true;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

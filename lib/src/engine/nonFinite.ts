/**
 * Finds tensors that are not finite, for the message of a NonFiniteError. firstNonFinite is called only after
 * a loss turned out bad.
 */
import type { HostArray } from './types';

/** The inputs first, then the state (where the step found it), else the loss itself. */
export function firstNonFinite(
  inputs: Record<string, HostArray>,
  state: Iterable<readonly [string, HostArray]>,
): string {
  for (const [name, data] of Object.entries(inputs)) if (!allFinite(data)) return name;
  for (const [name, data] of state) if (!allFinite(data)) return name;
  return 'loss';
}

/** True also of whole numbers, which cannot be otherwise. */
export function allFinite(data: HostArray): boolean {
  if (!(data instanceof Float32Array)) return true;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

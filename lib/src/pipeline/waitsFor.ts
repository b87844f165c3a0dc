/**
 * Which stages must not run at once, whatever is free. Pure; used by the runner and by the plan, which plays
 * the runner through.
 */
import type { StageNode } from './stage';

/** True where a stage that is ready has to wait for one of those running: for its kind, or for its device. */
export function waitsFor({ kind, device }: StageNode, running: readonly StageNode[]): boolean {
  return running.some(
    (other) =>
      (kind.oneAtATime === true && other.kind.name === kind.name) ||
      (device?.oneAtATime === true && other.device?.name === device.name),
  );
}

/**
 * Which stages must not run at once, even if there are free workers. Pure; used by the runner and by the
 * plan, which simulates the runner.
 */
import type { StageNode } from './stage';

/** True if a ready stage has to wait for a running one, because of its kind or its device. */
export function waitsFor({ kind, device }: StageNode, running: readonly StageNode[]): boolean {
  return running.some(
    (other) =>
      (kind.oneAtATime === true && other.kind.name === kind.name) ||
      (device?.oneAtATime === true && other.device?.name === device.name),
  );
}

/**
 * The order in which ready stages are started. Pure; used by the runner and by the plan, which simulates the
 * runner.
 */
import type { StageNode } from './stage';

/**
 * First the stages that most others wait for, directly or indirectly; equals keep the given order. So a chain
 * of language stages starts at once, and stages that nothing waits for fill the other cores.
 *
 * @param nodes inputs before the stages that take them
 */
export function mostAwaitedFirst(nodes: readonly StageNode[]): StageNode[] {
  const waiting = new Map(nodes.map(({ key }) => [key, new Set<string>()]));
  for (const node of [...nodes].reverse()) {
    for (const input of Object.values(node.inputs)) {
      const known = waiting.get(input.key);
      known?.add(node.key);
      for (const key of waiting.get(node.key)!) known?.add(key);
    }
  }
  const count = ({ key }: StageNode): number => waiting.get(key)!.size;
  return [...nodes].sort((a, b) => count(b) - count(a));
}

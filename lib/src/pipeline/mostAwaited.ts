/**
 * The order in which stages that are ready are started. Pure; used by the runner and by the plan, which plays
 * the runner through.
 */
import type { StageNode } from './stage';

/**
 * The stages that most others wait for first, directly or through others; among equals the given order. A
 * chain of language stages then starts at once, and what nothing waits for fills the other cores meanwhile.
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

/**
 * What a profile costs, by kind of stage: counts and arithmetic. Seconds depend on the machine and are in the
 * store's log. Called by Session.
 */
import { sizesByDomain } from '../costs/domainSizes';
import { workOf } from '../costs/work';
import type { Profile } from '../profiles';
import { closure, type StageNode } from '../../pipeline/stage';
import type { Store } from '../../pipeline/store';

export interface KindCost {
  readonly kind: string;
  readonly stages: number;
  /** Estimated from the sizes (costs/work.ts); 0 where arithmetic is not what a stage does. */
  readonly flop: number;
}

export function cost(profile: Profile, nodes: readonly StageNode[], store: Store): KindCost[] {
  const sizes = sizesByDomain(profile, store);
  const kinds = new Map<string, KindCost>();
  for (const node of closure(nodes)) {
    const kind = node.kind.name;
    const { stages, flop } = kinds.get(kind) ?? { stages: 0, flop: 0 };
    kinds.set(kind, { kind, stages: stages + 1, flop: flop + (workOf(node, profile, sizes)?.flop ?? 0) });
  }
  return [...kinds.values()].sort((a, b) => b.flop - a.flop || (a.kind < b.kind ? -1 : 1));
}

/** What a profile needs and what of it is still to be computed: counts, and the time left from what stages of a kind took in this store. */
import { closure, type StageNode } from './stage';
import type { Store } from './store';

export interface Plan {
  readonly stages: number;
  readonly missing: number;
  /** Undefined where no stage of a kind has run in this store yet. */
  readonly seconds: number | undefined;
  readonly kinds: readonly { kind: string; stages: number; missing: number; seconds: number | undefined }[];
}

export function planOf(targets: readonly StageNode[], store: Store, workers: number): Plan {
  const nodes = closure(targets);
  const byKind = new Map<string, { done: number[]; missing: number }>();
  for (const node of nodes) {
    const entry = byKind.get(node.kind.name) ?? { done: [], missing: 0 };
    byKind.set(node.kind.name, entry);
    const seconds = store.seconds(node);
    if (seconds === undefined) entry.missing++;
    else entry.done.push(seconds);
  }
  const kinds = [...byKind].map(([kind, { done, missing }]) => {
    const mean = done.length === 0 ? undefined : done.reduce((a, b) => a + b, 0) / done.length;
    return { kind, stages: done.length + missing, missing, seconds: missing === 0 ? 0 : mean === undefined ? undefined : (mean * missing) / workers };
  });
  const missing = kinds.reduce((sum, kind) => sum + kind.missing, 0);
  const seconds = kinds.reduce<number | undefined>((sum, kind) => (sum === undefined || kind.seconds === undefined ? undefined : sum + kind.seconds), 0);
  return { stages: nodes.length, missing, seconds, kinds };
}

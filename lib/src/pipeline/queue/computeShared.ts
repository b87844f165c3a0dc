/**
 * One stage on one of several machines: its inputs come from the shared store, a process of this machine
 * computes it, and the result goes into the shared store. Knows nothing of the queue.
 */
import type { SharedStore } from '../sharedStore';
import type { StageNode } from '../stage';
import type { StageOutcome, StageProcesses, StageProgress } from '../stageProcesses';

/** What came of it. `present`: the result was already there. */
export type SharedOutcome = { type: 'present' } | StageOutcome;

export async function computeShared(
  node: StageNode,
  store: SharedStore,
  processes: StageProcesses,
  onProgress: (at: StageProgress) => void,
): Promise<SharedOutcome> {
  const shared = await store.present([node]);
  if (shared.has(node.key)) return { type: 'present' };
  if (store.local.isWhole(node)) {
    await store.publish(node);
    return { type: 'present' };
  }
  for (const input of Object.values(node.inputs))
    if (!(await store.fetch(input))) return { type: 'missing', key: input.key };
  await store.fetchUnfinished(node);
  const outcome = await processes.run(node, store.local.folder, onProgress);
  if (outcome.type === 'done') await store.publish(node);
  return outcome;
}

/**
 * How long a graph of stages takes and how much memory it needs at once, if each takes what is estimated: the
 * runner's own order, played through. Pure.
 */
import { mostAwaitedFirst } from '../../pipeline/mostAwaited';
import type { StageNode } from '../../pipeline/stage';
import { waitsFor } from '../../pipeline/waitsFor';

export interface Estimate {
  readonly seconds: number;
  readonly bytes: number;
}

/** `nodes`: those still to be run, inputs first; inputs that are not among them are there already. */
export function schedule(
  nodes: readonly StageNode[],
  estimate: (node: StageNode) => Estimate,
  workers: number,
): Estimate {
  const finished = new Set<string>();
  const open = new Set(nodes.map(({ key }) => key));
  let waiting = mostAwaitedFirst(nodes);
  let running: { node: StageNode; threads: number; until: number; bytes: number }[] = [];
  let [now, bytes] = [0, 0];
  while (waiting.length > 0 || running.length > 0) {
    let reserved = false;
    waiting = waiting.filter((node) => {
      const threads = Math.min(node.threads, workers);
      const ready = Object.values(node.inputs).every(({ key }) => finished.has(key) || !open.has(key));
      if (reserved || !ready) return true;
      const beside = running.map((entry) => entry.node);
      if (waitsFor(node, beside)) return true;
      if (running.reduce((sum, entry) => sum + entry.threads, 0) + threads > workers)
        return (reserved = true);
      const cost = estimate(node);
      running.push({ node, threads, until: now + cost.seconds, bytes: cost.bytes });
      return false;
    });
    bytes = Math.max(
      bytes,
      running.reduce((sum, entry) => sum + entry.bytes, 0),
    );
    now = Math.min(...running.map(({ until }) => until));
    for (const { node, until } of running) if (until <= now) finished.add(node.key);
    running = running.filter(({ until }) => until > now);
  }
  return { seconds: now, bytes };
}

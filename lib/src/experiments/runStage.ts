/** Runs one stage in this process: inputs from the store, result into the store. Called by worker processes and tests. */
import type { StageContext, StageFunction, StageNode, StageResult } from './stage';
import type { Store } from './store';

/** Computes a node whose inputs are in the store. Returns the seconds it took. */
export async function runStage(node: StageNode, store: Store, context: Omit<StageContext, 'threads' | 'sources'>): Promise<number> {
  const inputs: Record<string, StageResult> = {};
  for (const [name, input] of Object.entries(node.inputs)) {
    const result = store.read(input);
    if (result === undefined) throw new Error(`${node.label}: its input "${input.label}" is not in the store`);
    inputs[name] = result;
  }
  const start = performance.now();
  const { run } = (await import(node.kind.file)) as { run: StageFunction };
  const result = await run(node.config, inputs, { ...context, threads: node.threads, sources: node.sources });
  const seconds = (performance.now() - start) / 1000;
  store.write(node, result, seconds);
  return seconds;
}

/** Runs one stage in this process: inputs from the store, result into the store. Called by worker processes and tests. */
import type { StageContext, StageFunction, StageNode, StageResult } from './stage';
import type { Store } from './store';

/** A stage's input is not in the store, or was found damaged and set aside: it must be computed first. */
export class MissingInput extends Error {
  override readonly name = 'MissingInput';
  constructor(label: string, readonly input: StageNode) {
    super(`${label}: its input "${input.label}" is not in the store`);
  }
}

/** Computes a node whose inputs are in the store. Returns the seconds it took. @throws MissingInput */
export async function runStage(node: StageNode, store: Store, context: Omit<StageContext, 'threads' | 'sources'>): Promise<number> {
  const inputs: Record<string, StageResult> = {};
  for (const [name, input] of Object.entries(node.inputs)) {
    const result = store.read(input);
    if (result === undefined) throw new MissingInput(node.label, input);
    inputs[name] = result;
  }
  const start = performance.now();
  const { run } = (await import(node.kind.file)) as { run: StageFunction };
  const result = await run(node.config, inputs, { ...context, threads: node.threads, sources: node.sources });
  const seconds = (performance.now() - start) / 1000;
  store.write(node, result, seconds);
  return seconds;
}

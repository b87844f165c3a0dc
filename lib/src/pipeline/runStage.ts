/** Runs one stage in this process: inputs from the store, result into the store. */
import type { StageContext, StageFunction, StageNode, StageResult } from './stage';
import type { Store } from './store';
import { UnfinishedStage } from './unfinishedStage';

/** A stage's input is missing from the store, or was damaged and set aside. It must be computed first. */
export class MissingInput extends Error {
  override readonly name = 'MissingInput';
  constructor(
    label: string,
    readonly input: StageNode,
  ) {
    super(`${label}: its input "${input.label}" is not in the store`);
  }
}

/** What the caller provides to a stage; the rest of its context comes from the node and the store. */
export interface RunStageOptions extends Pick<StageContext, 'signal' | 'progress'> {
  /** Seconds between two saves of an unfinished stage's progress (unfinishedStage.ts). */
  readonly saveEvery?: number;
}

/**
 * Computes a node whose inputs are in the store. Returns the seconds it took, including those before an
 * interruption. @throws MissingInput
 */
export async function runStage(
  node: StageNode,
  store: Store,
  { signal, progress, saveEvery }: RunStageOptions,
): Promise<number> {
  const inputs: Record<string, StageResult> = {};
  for (const [name, input] of Object.entries(node.inputs)) {
    const result = store.read(input);
    if (result === undefined) throw new MissingInput(node.label, input);
    inputs[name] = result;
  }
  const start = performance.now();
  const unfinished = new UnfinishedStage(store, node, saveEvery);
  const { run } = (await import(node.kind.file)) as { run: StageFunction };
  const result = await run(node.config, inputs, {
    signal,
    progress,
    threads: node.threads,
    device: node.device,
    sources: node.sources,
    checkpoint: (part) => unfinished.checkpoint(part),
  });
  const seconds = (performance.now() - start) / 1000 + unfinished.secondsBefore;
  store.write(node, result, seconds);
  unfinished.remove();
  return seconds;
}

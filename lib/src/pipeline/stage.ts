/**
 * What a stage is: a pure function from a configuration and the results of other stages to a result, found
 * again by its content key. Who runs it (this process, worker processes, another machine) is none of its
 * business.
 */
import type { NamedHostTensors } from '../engine/types';
import type { TrainingCheckpoint } from '../training/trainer';
import { codeHash } from './codeHash';
import { contentKey, type Json } from './contentKey';

/** What a stage leaves behind: numbers and words as JSON, arrays by name. */
export interface StageResult {
  readonly json: Json;
  readonly arrays: NamedHostTensors;
}

export interface StageContext {
  /** Threads that the stage may use. Part of the key, since the order of sums depends on it. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Folders on this machine that the stage reads; what is in them is in its configuration, as hashes. */
  readonly sources: Readonly<Record<string, string>>;
  /**
   * Where a training of this stage is kept while it is under way, so that a killed one goes on; `part`: its
   * name within the stage.
   */
  checkpoint(part: string): TrainingCheckpoint;
  /** Reports how far the stage is: a share of 0..1 and a line for people. */
  progress(share: number, message: string): void;
}

export type StageFunction = (
  config: Json,
  inputs: Record<string, StageResult>,
  context: StageContext,
) => Promise<StageResult>;

/**
 * A kind of stage: where its code is. The file exports `run: StageFunction`; it is loaded only when the stage
 * must run.
 */
export interface StageKind {
  readonly name: string;
  readonly file: string;
  /** Never two of this kind at once: each takes a large part of the memory. Other stages run beside it. */
  readonly oneAtATime?: boolean;
}

/** One stage to be run: its kind, its configuration, and the stages whose results it takes. */
export interface StageNode {
  readonly kind: StageKind;
  readonly config: Json;
  readonly inputs: Readonly<Record<string, StageNode>>;
  readonly threads: number;
  /** Not part of the key: where given files lie on this machine. */
  readonly sources: Readonly<Record<string, string>>;
  /** For people: "SASRec, Arts, random table, seed 1". */
  readonly label: string;
  readonly key: string;
}

/** Makes a node and its content key. */
export function stage(
  kind: StageKind,
  label: string,
  config: Json,
  inputs: Readonly<Record<string, StageNode>> = {},
  threads = 1,
  sources: Readonly<Record<string, string>> = {},
): StageNode {
  const inputKeys = Object.fromEntries(Object.entries(inputs).map(([name, node]) => [name, node.key]));
  const key = contentKey({ kind: kind.name, config, inputs: inputKeys, threads, code: codeHash(kind.file) });
  return { kind, config, inputs, threads, sources, label, key };
}

/** All nodes that `targets` need, themselves included, each once, inputs before the stages that take them. */
export function closure(targets: readonly StageNode[]): StageNode[] {
  const ordered = new Map<string, StageNode>();
  const visit = (node: StageNode): void => {
    if (ordered.has(node.key)) return;
    Object.values(node.inputs).forEach(visit);
    ordered.set(node.key, node);
  };
  targets.forEach(visit);
  return [...ordered.values()];
}

/**
 * The node without the inputs of its inputs: all that a process needs to run it, and small enough to be sent.
 */
export function shallow(node: StageNode): StageNode {
  const inputs = Object.fromEntries(
    Object.entries(node.inputs).map(([name, input]) => [name, { ...input, inputs: {} }]),
  );
  return { ...node, inputs };
}

/**
 * What a stage is: a pure function from a configuration and the results of other stages to a result, which is
 * found by its content key. A stage does not know who runs it (this process, worker processes, another
 * machine).
 */
import type { Device, NamedHostTensors } from '../engine/types';
import type { TrainingCheckpoint } from '../training/trainingCheckpoint';
import { codeHash } from './codeHash';
import { contentKey } from './contentKey';

/** The result of a stage: its facts, which are numbers and words in JSON, and arrays by name. */
export interface StageResult<Facts = unknown> {
  readonly json: Facts;
  readonly arrays: NamedHostTensors;
}

export interface StageContext {
  /** Threads that the stage may use. Part of the key, since the order of sums depends on it. */
  readonly threads: number;
  /** Where the stage computes; undefined on the CPU. */
  readonly device?: Device;
  readonly signal: AbortSignal;
  /** Folders on this machine that the stage reads. Their contents are in its configuration, as hashes. */
  readonly sources: Readonly<Record<string, string>>;
  /**
   * Where a running training of this stage is saved, so that a killed one resumes; `part`: its name within
   * the stage.
   */
  checkpoint(part: string): TrainingCheckpoint;
  /** Reports how far the stage is: a share of 0..1 and a line for people. */
  progress(share: number, message: string): void;
}

/** What computes a stage. `Inputs` names the facts of each input, such as `{ dataset: DatasetFacts }`. */
export type StageFunction<Config = unknown, Facts = unknown, Inputs = Record<string, unknown>> = (
  config: Config,
  inputs: { readonly [Name in keyof Inputs]: StageResult<Exclude<Inputs[Name], undefined>> },
  context: StageContext,
) => Promise<StageResult<Facts>>;

/**
 * A kind of stage: where its code is. The file exports `run`, a StageFunction; it is loaded only when the
 * stage runs.
 */
export interface StageKind<Config = unknown, Facts = unknown, Inputs = unknown> {
  readonly name: string;
  readonly file: string;
  /** Never two of this kind at once: each takes a large part of the memory. Other stages run beside it. */
  readonly oneAtATime?: boolean;
  /** Only for the compiler: what `run` takes and returns. Never set. */
  readonly types?: { readonly config: Config; readonly facts: Facts; readonly inputs: Inputs };
}

/** One stage to be run: its kind, its configuration, and the stages whose results it takes. */
export interface StageNode<Facts = unknown, Config = unknown> {
  readonly kind: StageKind<Config, Facts>;
  readonly config: Config;
  readonly inputs: Readonly<Record<string, StageNode>>;
  readonly threads: number;
  /** Where it computes; undefined on the CPU. */
  readonly device?: Device;
  /** Not part of the key: where given files are on this machine. */
  readonly sources: Readonly<Record<string, string>>;
  /** For people: "SASRec, Arts, random table, seed 1". */
  readonly label: string;
  readonly key: string;
}

/** Returns a node's stored result. */
export type Reader = <Facts>(node: StageNode<Facts>) => StageResult<Facts>;

/** The stages that a stage takes, each with the facts that it expects of it. */
export type InputNodes<Inputs> = {
  readonly [Name in keyof Inputs]: StageNode<Exclude<Inputs[Name], undefined>>;
};

/** What a stage is made of, besides its kind. */
export interface StageParts<Config, Inputs> {
  /** For people. */
  readonly label: string;
  readonly config: Config;
  /** Default: none. */
  readonly inputs?: InputNodes<Inputs>;
  /** Default: 1. */
  readonly threads?: number;
  /** Where given files are on this machine; default: it reads none. */
  readonly sources?: Readonly<Record<string, string>>;
}

/** Makes a node and its content key. @throws TypeError if JSON cannot represent the configuration exactly. */
export function stage<Config, Facts, Inputs>(
  kind: StageKind<Config, Facts, Inputs>,
  { label, config, inputs, threads = 1, sources = {} }: StageParts<Config, Inputs>,
): StageNode<Facts, Config> {
  const nodes = { ...inputs } as Readonly<Record<string, StageNode>>;
  const inputKeys = Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, node.key]));
  const key = stageKey(kind, config, inputKeys, threads);
  return { kind, config, inputs: nodes, threads, sources, label, key };
}

/** The content key of a stage; `inputs`: the keys of the stages that it takes, by name. */
export function stageKey(
  kind: StageKind,
  config: unknown,
  inputs: Readonly<Record<string, string>>,
  threads: number,
): string {
  return contentKey({ kind: kind.name, config, inputs, threads, code: codeHash(kind.file) });
}

/**
 * The stage computed on a device, under its own key; without a device the stage as it is. Its work on the
 * host takes one thread.
 */
export function onDevice<Facts, Config>(
  node: StageNode<Facts, Config>,
  device: Device | undefined,
): StageNode<Facts, Config> {
  if (device === undefined) return node;
  const inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, { key }]) => [name, key]));
  return { ...node, threads: 1, device, key: deviceStageKey(node.kind, node.config, inputs, device) };
}

/** Like stageKey, for a stage that a device computes. */
export function deviceStageKey(
  kind: StageKind,
  config: unknown,
  inputs: Readonly<Record<string, string>>,
  { provider, name }: Device,
): string {
  return contentKey({ stage: stageKey(kind, config, inputs, 1), provider, device: name });
}

/** True if a node is of a kind, whose configuration and facts it then has. */
export function isOf<Config, Facts>(
  node: StageNode,
  kind: StageKind<Config, Facts>,
): node is StageNode<Facts, Config> {
  return node.kind.name === kind.name;
}

/**
 * All nodes that `targets` need, including themselves, each once, with inputs before the stages that take
 * them.
 */
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

/** The node without the inputs of its inputs: enough for a process to run it, and small enough to send. */
export function shallow(node: StageNode): StageNode {
  const inputs = Object.fromEntries(
    Object.entries(node.inputs).map(([name, input]) => [name, { ...input, inputs: {} }]),
  );
  return { ...node, inputs };
}

/**
 * The borders of the engine: program, compiled step, state, provider.
 *
 * A program is a function of TensorFlow.js tensors. An engine runs it: eagerly on a TensorFlow.js backend
 * ("tfjs"), or traced once into one ONNX graph and executed by ONNX Runtime ("cpu", "webgpu", "cuda"). Both
 * give the same numbers, so whatever is written against this file runs on all of them. Nothing here knows
 * items, users or text.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** Where a program can run: compiled for the processor, WebGPU or CUDA, or eagerly in TensorFlow.js. */
export const PROVIDERS = ['cpu', 'webgpu', 'cuda', 'tfjs'] as const;
/** One of PROVIDERS. */
export type ProviderName = (typeof PROVIDERS)[number];
/** A provider by name, or "auto": the fastest here by a short measurement. */
export type ProviderChoice = ProviderName | 'auto';

/** Arithmetic of a training step's matrix products: float32 ("single"), or float16 ("mixed"). */
export const PRECISIONS = ['single', 'mixed'] as const;
/** One of PRECISIONS. */
export type Precision = (typeof PRECISIONS)[number];

/** Element type of a tensor. */
export type DType = 'float32' | 'int32' | 'bool';
/** A tensor's values in JavaScript's memory: float32, int32, and bool as bytes of 0 and 1. */
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** What a provider other than the CPU computes on. */
export interface Device {
  readonly provider: Exclude<ProviderName, 'cpu'>;
  /**
   * Its name as far as it is known, since it determines the last bits of results: "NVIDIA H200",
   * "SwiftShader".
   */
  readonly name: string;
  /** True if two computations at once would only take each other's memory and time. */
  readonly oneAtATime: boolean;
}

/** Shape and type of a tensor, without its values. */
export interface TensorSpec {
  shape: readonly number[];
  dtype: DType;
}

/** A tensor in JavaScript's memory, row-major. bool is stored as Uint8Array of 0 and 1. */
export interface HostTensor extends TensorSpec {
  data: HostArray;
}

/** TensorFlow.js tensors by name, as a program sees them. */
export type NamedTensors = Record<string, Tensor>;
/** Shapes and types by name: what a program declares as its inputs. */
export type NamedSpecs = Record<string, TensorSpec>;
/** Tensors in JavaScript's memory by name: weights, snapshots, results. */
export type NamedHostTensors = Record<string, HostTensor>;
/** What is fed at each run: a typed array of the declared length, or a number for a scalar. */
export type Feeds = Record<string, HostArray | number>;

/** What a program sees besides its tensors. */
export interface ProgramContext {
  /** True while training: dropout is active. */
  readonly training: boolean;
  /**
   * Inverted dropout: each element is zero with probability `rate`, otherwise scaled by 1 / (1 - rate). The
   * identity when not training or if rate is 0. The mask depends only on (seed, step, site), where site
   * counts the calls within the program.
   */
  dropout<T extends Tensor>(x: T, rate: number): T;
  /**
   * Uniform numbers in [0, 1) of the given shape, from the same generator. Every call is a site of its own.
   */
  uniform(shape: readonly number[]): Tensor;
  /**
   * `part(x, params, context)`, of which training keeps only x: the backward pass recomputes the part, with
   * the same dropout. This needs less memory and a third more arithmetic; values and gradients are the same.
   * Values that the part takes from elsewhere than x and params get no gradient.
   */
  recomputed(
    x: Tensor,
    params: NamedTensors,
    part: (x: Tensor, params: NamedTensors, context: ProgramContext) => Tensor,
  ): Tensor;
}

/**
 * A function without side effects on the state: evaluation, encoding.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import type { Program } from 'elephant/engine';
 * const double: Program = {
 *   name: 'double',
 *   inputs: { x: { shape: [3], dtype: 'float32' } },
 *   outputs: (_, { x }) => ({ y: tf.mul(x, 2) }),
 * };
 * ```
 */
export interface Program {
  /** Appears in error messages and caches. */
  name: string;
  inputs: NamedSpecs;
  /** Named tensors to compute from the state's tensors (`params`) and the inputs. */
  outputs(params: NamedTensors, inputs: NamedTensors, context: ProgramContext): NamedTensors;
}

/**
 * A training step: loss, gradients by TensorFlow.js autodiff, optimiser update, all in one graph.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { sgd, type TrainingProgram } from 'elephant/engine';
 * const regression: TrainingProgram = {
 *   name: 'regression',
 *   inputs: { x: { shape: [8], dtype: 'float32' }, y: { shape: [8], dtype: 'float32' } },
 *   loss: ({ slope }, { x, y }) => tf.losses.meanSquaredError(y, tf.mul(slope, x)) as tf.Scalar,
 *   optimizer: sgd({ learningRate: 0.1 }),
 * };
 * ```
 */
export interface TrainingProgram {
  name: string;
  inputs: NamedSpecs;
  /** The loss, alone or with further named scalars or tensors to report (`{loss, ...}`). */
  loss(
    params: NamedTensors,
    inputs: NamedTensors,
    context: ProgramContext,
  ): Scalar | ({ loss: Scalar } & NamedTensors);
  optimizer: Optimizer;
  /** Which tensors of the state are trained; by default all float32 tensors that are not optimiser slots. */
  trainable?: (name: string) => boolean;
}

/**
 * An optimiser, written as TensorFlow.js ops on one parameter. Scalars that change from step to step
 * (learning rate) are inputs of the compiled step. `feeds` declares them with their defaults, which each run
 * may override.
 */
export interface Optimizer {
  name: string;
  /** Scalar inputs by name with their default value, e.g. {learningRate: 1e-3}. */
  feeds: Record<string, number>;
  /** Names of the slot tensors kept for each parameter (same shape, start at zero), e.g. ['m', 'v']. */
  slots: readonly string[];
  /**
   * How many steps make one update (1 by default). The gradients of these steps are averaged in the slot
   * "sum", and only the last of them changes the parameters; see accumulateGradients. "asFed": their sum is
   * taken, until a step is fed its update's number; see sumGradients.
   */
  accumulate?: number | 'asFed';
  /**
   * Says that `update` works element by element, in the same way for all parameters with the same key. They
   * are then joined and updated at once if that is faster, which saves a dozen operators each.
   */
  joint?(name: string): string;
  /**
   * Optional transformation of all gradients together, before the updates (global-norm clipping). Gradients
   * of parameters that are updated at once (`joint`) come as one vector, under the name of the first of them.
   */
  transform?(gradients: NamedTensors): NamedTensors;
  /** New value and new slots of one parameter. `step` counts from 1. */
  update(
    parameter: Tensor,
    gradient: Tensor,
    slots: NamedTensors,
    feeds: Record<string, Scalar>,
    step: Scalar,
    name: string,
  ): { parameter: Tensor; slots: NamedTensors };
}

/** Named tensors that live in the engine from step to step: weights, optimiser slots, step counter. */
export interface State {
  /**
   * Names and shapes of everything in the state, including optimiser slots ("name/m") and the step counter
   * ("/step").
   */
  readonly specs: NamedSpecs;
  /** Reads a tensor out (a copy). */
  read(name: string): Promise<HostTensor>;
  /** Overwrites a tensor. Shape and type must stay the same. */
  write(name: string, data: HostArray): Promise<void>;
  /** A copy of everything, or of the names that pass the filter, in JavaScript's memory. */
  snapshot(filter?: (name: string) => boolean): Promise<NamedHostTensors>;
  /**
   * Writes a snapshot back, whole or not at all. Tensors that it lacks are left as they are. An optimiser's
   * slots are created if no compiled step has done so yet.
   * @throws InputError for other tensors that the state lacks, and for data that does not fit.
   */
  restore(snapshot: NamedHostTensors): Promise<void>;
  /** Frees its tensors. */
  dispose(): void;
}

/** A compiled or eager function: feeds in, host tensors out. */
export interface CompiledProgram {
  /** Runs once. `feeds` has each declared input; the result has each output by its name. */
  run(feeds: Feeds): Promise<NamedHostTensors>;
  /** Frees the compiled graph; the state stays. */
  dispose(): void;
}

/** A compiled or eager training step on a state. */
export interface TrainingStep {
  /**
   * One update of the state. `loss` is checked: a value that is not finite throws NonFiniteError with the
   * step's number.
   */
  run(feeds: Feeds): Promise<{ loss: number; outputs: NamedHostTensors }>;
  /** Gradients at the current state without updating it (for tests and teaching). */
  gradients(feeds: Feeds): Promise<{ loss: number; gradients: NamedHostTensors }>;
  /**
   * Loss and reported outputs that the step `ahead` steps after the next one would have with the current
   * weights, including its dropout. Changes nothing.
   */
  forward(feeds: Feeds, ahead?: number): Promise<{ loss: number; outputs: NamedHostTensors }>;
  /** Frees the compiled graph; the state stays. */
  dispose(): void;
}

/** Where and how an engine runs. */
export interface EngineOptions {
  provider?: ProviderChoice;
  /** Threads inside one operation; the number of cores by default. */
  threads?: number;
  /** Seed of the counter-based generator behind dropout and uniform. */
  seed?: number;
  /**
   * "mixed" multiplies matrices of training steps in float16; weights, optimiser, sums, softmax, norms and
   * losses stay in float32, and so does all that is not training. On the CPU and CUDA. Default "single".
   */
  precision?: Precision;
}

/** Compiles programs and holds their states. Dispose of it when done: it holds memory outside JavaScript. */
export interface Engine {
  readonly provider: ProviderName;
  /** One line for people: provider, device, threads, and why it was chosen. */
  readonly description: string;
  /** A state that starts from `tensors`, such as initial or trained weights. */
  createState(tensors: NamedHostTensors): State;
  /**
   * Traces and compiles a function of the state. @throws MissingKernelError for an op that cannot be
   * compiled.
   * @example
   * ```ts
   * import * as tf from '@tensorflow/tfjs-core';
   * import { createEngine, type Program } from 'elephant/engine';
   * const engine = await createEngine();
   * const state = engine.createState({ w: { shape: [2], dtype: 'float32', data: Float32Array.of(3, 4) } });
   * const outputs: Program['outputs'] = ({ w }, { by }) => ({ y: tf.mul(w, by) });
   * const inputs = { by: { shape: [], dtype: 'float32' } } as const;
   * const program = await engine.compile({ name: 'scale', inputs, outputs }, state);
   * console.log((await program.run({ by: 10 })).y.data); // Float32Array [30, 40]
   * ```
   */
  compile(program: Program, state: State): Promise<CompiledProgram>;
  /**
   * Traces and compiles a training step. Adds the optimiser's slots and step counter to the state if they are
   * absent.
   * @throws MissingKernelError for an op that cannot be compiled.
   */
  compileTraining(program: TrainingProgram, state: State): Promise<TrainingStep>;
  /** Frees everything compiled or held by this engine. */
  dispose(): Promise<void>;
}

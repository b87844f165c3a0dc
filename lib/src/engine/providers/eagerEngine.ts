/**
 * The eager engine: runs programs op by op on a TensorFlow.js backend ("tensorflow" if tfjs-node-gpu or
 * tfjs-node is installed, otherwise "cpu"). For teaching, for looking at tensors, and as the reference that
 * the compiled engines are tested against.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { InputError } from '../../errors';
import { checkedArray, newArray } from '../arrays';
import { checkedSnapshot } from '../checkedSnapshot';
import { NonFiniteError } from '../errors';
import '../gradients';
import { sizeOf } from '../graph';
import { firstNonFinite } from '../nonFinite';
import { checkedFeeds } from '../programInputs';
import { recomputed } from '../recomputed';
import type { RandomSite } from '../random';
import { dropoutMask, fillWords, wordCount } from '../random';
import { lossAndGradients, lossAndOutputs, slotName, STEPS_TAKEN, trainedNames } from '../step';
import type {
  CompiledProgram,
  Engine,
  EngineOptions,
  Feeds,
  HostArray,
  HostTensor,
  NamedHostTensors,
  NamedSpecs,
  NamedTensors,
  Program,
  ProgramContext,
  State,
  TensorSpec,
  TrainingProgram,
  TrainingStep,
} from '../types';
import { JOIN_BY_COPYING, separated, sideBySide, updates } from '../updates';

export class EagerEngine implements Engine {
  readonly provider = 'tfjs';
  readonly description: string;
  private readonly seed: number;

  constructor(
    { seed = 0 }: EngineOptions,
    readonly backend: string,
    why = '',
  ) {
    this.seed = seed;
    this.description = `tfjs: TensorFlow.js ${tf.version_core}, eager on its "${backend}" backend${why}`;
  }

  createState(tensors: NamedHostTensors): State {
    return new EagerState(tensors, this.backend);
  }

  async compile(program: Program, state: State): Promise<CompiledProgram> {
    const own = eagerState(state);
    return {
      run: async (feeds) =>
        this.tidily(own, () => {
          const inputs = tensorsOf(program.inputs, checkedFeeds(program.name, program.inputs, feeds));
          const outputs = program.outputs(
            { ...own.tensors },
            inputs,
            new EagerContext(false, this.seed, own.step + 1),
          );
          return hostTensors(outputs);
        }),
      dispose: () => undefined,
    };
  }

  async compileTraining(program: TrainingProgram, state: State): Promise<TrainingStep> {
    const own = eagerState(state);
    const trained = trainedNames(program, own);
    for (const name of trained)
      for (const slot of program.optimizer.slots) own.ensure(slotName(name, slot), own.specs[name]);
    const evaluate = (feeds: Feeds) => {
      const fed = checkedFeeds(program.name, program.inputs, feeds, program.optimizer.feeds);
      const context = new EagerContext(true, this.seed, own.step + 1);
      const result = lossAndGradients(
        program,
        trained,
        { ...own.tensors },
        tensorsOf(program.inputs, fed),
        context,
      );
      return { ...result, fed };
    };
    return {
      run: async (feeds) =>
        this.tidily(own, () => {
          const { loss, outputs, gradients, fed } = evaluate(feeds);
          const value = loss.dataSync()[0];
          const reported = hostTensors(outputs);
          tf.dispose(outputs);
          if (!Number.isFinite(value))
            throw new NonFiniteError(program.name, own.step + 1, firstNonFinite(fed, own.arrays()));
          const scalars = Object.fromEntries(
            Object.keys(program.optimizer.feeds).map((name) => [name, tf.scalar(fed[name][0])]),
          );
          const read = (names: readonly string[]): Tensor =>
            sideBySide(names.map((name) => own.tensors[name]));
          const next = updates(
            program,
            gradients,
            read,
            scalars,
            tf.scalar(own.step + 1, 'int32') as Scalar,
            JOIN_BY_COPYING,
          );
          own.replace(separated(next, (name) => own.specs[name].shape));
          own.step += 1;
          return { loss: value, outputs: reported };
        }),
      gradients: async (feeds) =>
        this.tidily(own, () => {
          const { loss, outputs, gradients } = evaluate(feeds);
          tf.dispose(outputs);
          return { loss: loss.dataSync()[0], gradients: hostTensors(gradients) };
        }),
      forward: async (feeds, ahead = 0) =>
        this.tidily(own, () => {
          const fed = checkedFeeds(program.name, program.inputs, feeds, program.optimizer.feeds);
          const context = new EagerContext(true, this.seed, own.step + 1 + ahead);
          const inputs = tensorsOf(program.inputs, fed);
          const { loss, ...outputs } = lossAndOutputs(program, { ...own.tensors }, inputs, context);
          return { loss: loss.dataSync()[0], outputs: hostTensors(outputs) };
        }),
      dispose: () => undefined,
    };
  }

  async dispose(): Promise<void> {}

  /** Runs on this engine's backend and frees what it made, even if it throws. */
  private tidily<T>(state: EagerState, run: () => T): T {
    state.check();
    return onBackend(this.backend, () => {
      const engine = tf.engine();
      engine.startScope();
      try {
        return run();
      } finally {
        engine.endScope();
      }
    });
  }
}

/** The backend is switched for the duration of one synchronous call. */
function onBackend<T>(backend: string, run: () => T): T {
  const engine = tf.engine();
  const before = engine.backendName;
  if (before !== backend) void engine.setBackend(backend);
  try {
    return run();
  } finally {
    if (before !== undefined && before !== null && before !== backend) void engine.setBackend(before);
  }
}

class EagerState implements State {
  readonly specs: NamedSpecs = {};
  tensors: NamedTensors = {};
  step = 0;
  private disposed = false;

  constructor(
    tensors: NamedHostTensors,
    private readonly backend: string,
  ) {
    this.specs[STEPS_TAKEN] = { shape: [], dtype: 'int32' };
    for (const [name, { shape, dtype, data }] of Object.entries(tensors)) {
      const checked = checkedArray(`state tensor "${name}"`, { shape, dtype }, data);
      if (name === STEPS_TAKEN) this.step = checked[0];
      else this.add(name, { shape: [...shape], dtype }, checked);
    }
  }

  check(): void {
    if (this.disposed) throw new Error('state: used after dispose()');
  }

  ensure(name: string, spec: TensorSpec): void {
    if (!(name in this.specs)) this.add(name, spec, newArray(spec.dtype, sizeOf(spec.shape)));
  }

  *arrays(): Iterable<readonly [string, HostArray]> {
    for (const [name, tensor] of Object.entries(this.tensors)) yield [name, tensor.dataSync() as HostArray];
  }

  replace(next: NamedTensors): void {
    for (const [name, tensor] of Object.entries(next)) {
      tf.keep(tensor);
      this.tensors[name]?.dispose();
      this.tensors[name] = tensor;
    }
  }

  async read(name: string): Promise<HostTensor> {
    this.check();
    if (name === STEPS_TAKEN) return { ...this.specs[name], data: Int32Array.of(this.step) };
    if (!(name in this.tensors))
      throw new InputError(`state tensor "${name}"`, `expected one of ${Object.keys(this.specs).join(', ')}`);
    return hostTensors({ it: this.tensors[name] }).it;
  }

  async write(name: string, data: HostArray): Promise<void> {
    this.check();
    if (!(name in this.specs))
      throw new InputError(`state tensor "${name}"`, `expected one of ${Object.keys(this.specs).join(', ')}`);
    this.put(name, this.specs[name], checkedArray(`state tensor "${name}"`, this.specs[name], data));
  }

  async snapshot(filter: (name: string) => boolean = () => true): Promise<NamedHostTensors> {
    const names = Object.keys(this.specs).filter(filter);
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await this.read(name)] as const)),
    );
  }

  async restore(snapshot: NamedHostTensors): Promise<void> {
    this.check();
    for (const { name, spec, data } of checkedSnapshot(this.specs, snapshot)) this.put(name, spec, data);
  }

  dispose(): void {
    tf.dispose(this.tensors);
    this.tensors = {};
    this.disposed = true;
  }

  private put(name: string, spec: TensorSpec, data: HostArray): void {
    if (name === STEPS_TAKEN) this.step = data[0];
    else this.add(name, spec, data);
  }

  private add(name: string, spec: TensorSpec, data: HostArray): void {
    this.specs[name] = spec;
    onBackend(this.backend, () =>
      this.replace({ [name]: tf.tensor(data.slice(), [...spec.shape], spec.dtype) }),
    );
  }
}

class EagerContext implements ProgramContext {
  constructor(
    readonly training: boolean,
    private readonly seed: number,
    private readonly step: number,
    private sites = 0,
  ) {}

  dropout<T extends Tensor>(x: T, rate: number): T {
    if (!this.training || rate === 0) return x;
    const mask = dropoutMask(this.words('dropout', x.size), x.size, rate);
    return tf.mul(x, tf.mul(tf.tensor(mask, x.shape), 1 / (1 - rate))) as T;
  }

  uniform(shape: readonly number[]): Tensor {
    const words = this.words('uniform', sizeOf(shape));
    return tf.tensor(
      Float32Array.from(words, (w) => w * 2 ** -24),
      [...shape],
    );
  }

  recomputed(x: Tensor, params: NamedTensors, part: Parameters<ProgramContext['recomputed']>[2]): Tensor {
    if (!this.training) return part(x, params, this);
    const { seed, step, sites } = this;
    return recomputed(
      x,
      params,
      (x, params) => part(x, params, this),
      (x, params) => part(x, params, new EagerContext(true, seed, step, sites)),
    );
  }

  private words(kind: RandomSite['kind'], size: number): Int32Array {
    const site: RandomSite = { kind, site: this.sites++, size };
    const words = new Int32Array(wordCount(site));
    fillWords(words, site, this.seed, this.step);
    return words;
  }
}

function tensorsOf(specs: NamedSpecs, arrays: Record<string, HostArray>): NamedTensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => [
      name,
      tf.tensor(arrays[name], [...shape], dtype),
    ]),
  );
}

function hostTensors(tensors: NamedTensors): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, t]) => [
      name,
      { shape: t.shape, dtype: t.dtype as TensorSpec['dtype'], data: t.dataSync().slice() as HostArray },
    ]),
  );
}

function eagerState(state: State): EagerState {
  if (state instanceof EagerState) return state;
  throw new Error('tfjs engine: expected a state of its own, got one of another engine');
}

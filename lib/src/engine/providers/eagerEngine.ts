/**
 * The eager engine: runs programs op by op on a TensorFlow.js backend ("tensorflow" if tfjs-node-gpu or
 * tfjs-node is installed, otherwise "cpu"). For teaching, for looking at tensors, and as the reference that
 * the compiled engines are tested against.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { NonFiniteError } from '../errors';
import '../gradients';
import { sizeOf } from '../graph';
import { ownState } from '../heldState';
import { firstNonFinite } from '../nonFinite';
import { checkedFeeds } from '../programInputs';
import { recomputed } from '../recomputed';
import type { RandomSite } from '../random';
import { dropoutMask, fillWords, wordCount } from '../random';
import { lossAndGradients, lossAndOutputs, trainedNames } from '../step';
import type {
  CompiledProgram,
  Engine,
  EngineOptions,
  Feeds,
  HostArray,
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
import { EagerState } from './eagerState';
import { onBackend } from './onBackend';

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
    const own = this.own(state);
    return {
      run: (feeds) =>
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
    const own = this.own(state);
    own.ensureSlots(program);
    const trained = trainedNames(program, own);
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
      run: (feeds) =>
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
      gradients: (feeds) =>
        this.tidily(own, () => {
          const { loss, outputs, gradients } = evaluate(feeds);
          tf.dispose(outputs);
          return { loss: loss.dataSync()[0], gradients: hostTensors(gradients) };
        }),
      forward: (feeds, ahead = 0) =>
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

  private own(state: State): EagerState {
    return ownState(this.provider, state, EagerState);
  }

  /** Runs on this engine's backend, one run of a state at a time. Frees what it made, even if it throws. */
  private tidily<T>(state: EagerState, run: () => T): Promise<T> {
    return state.exclusive(async () =>
      onBackend(this.backend, () => {
        const engine = tf.engine();
        engine.startScope();
        try {
          return run();
        } finally {
          engine.endScope();
        }
      }),
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

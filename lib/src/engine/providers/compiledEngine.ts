/**
 * What the engines of ONNX Runtime have in common: a program is traced, compiled for a state, and run there,
 * one run at a time. The subclass makes the sessions and says where a state lives: cpuEngine.ts,
 * gpuEngine.ts.
 */
import { NonFiniteError } from '../errors';
import type { Graph } from '../graph';
import { type HeldState, ownState } from '../heldState';
import { halfProducts } from '../lowering/halfProducts';
import { firstNonFinite } from '../nonFinite';
import { optimise } from '../passes';
import { underPrefix } from '../prefixes';
import { checkedFeeds, RandomWords } from '../programInputs';
import {
  GRADIENT,
  traceForward,
  traceGradients,
  traceOutputs,
  traceStep,
  type TracedStep,
} from '../traceProgram';
import type {
  CompiledProgram,
  Engine,
  EngineOptions,
  Feeds,
  HostArray,
  NamedHostTensors,
  Program,
  ProviderName,
  State,
  TrainingProgram,
  TrainingStep,
} from '../types';

/** A program's graph in a session of ONNX Runtime, and everything needed to feed it. */
export interface Session<S> {
  /**
   * `inputs` holds the program's inputs and the optimiser's scalars; `step` is the number of the step, from
   * 1. Call within the state's exclusive().
   */
  run(state: S, inputs: Record<string, HostArray>, step: number): Promise<Results>;
  release(): Promise<void>;
}

/** What a run computed. Its next values of the state are taken over or dropped. */
export interface Results {
  /** All outputs but the next values of the state. */
  readonly outputs: NamedHostTensors;
  commit(): void;
  drop(): void;
}

export abstract class CompiledEngine<S extends HeldState> implements Engine {
  abstract readonly provider: ProviderName;
  abstract readonly description: string;
  private readonly sessions = new Set<Session<S>>();
  private readonly seed: number;
  private readonly mixed: boolean;

  /** `inPlace`: its states can keep tensors side by side (traceStep). */
  protected constructor(
    private readonly states: new (...args: never[]) => S,
    private readonly inPlace: boolean,
    { seed = 0, precision }: EngineOptions,
  ) {
    this.seed = seed;
    this.mixed = precision === 'mixed';
  }

  abstract createState(tensors: NamedHostTensors): State;
  /** `graph` has been through the passes. `random`: what its random sites are fed. */
  protected abstract open(
    name: string,
    graph: Graph,
    blocks: TracedStep['blocks'],
    random: RandomWords,
  ): Promise<Session<S>>;

  async compile(program: Program, state: State): Promise<CompiledProgram> {
    const own = this.own(state);
    const session = await this.session(program.name, traceForward(program, own), false);
    return {
      run: (feeds) =>
        own.exclusive(async () => {
          const inputs = checkedFeeds(program.name, program.inputs, feeds);
          return (await session.run(own, inputs, own.step + 1)).outputs;
        }),
      dispose: () => void this.release(session),
    };
  }

  async compileTraining(program: TrainingProgram, state: State): Promise<TrainingStep> {
    const own = this.own(state);
    own.ensureSlots(program);
    const session = await this.session(program.name, traceStep(program, own, this.inPlace), this.mixed);
    let gradientSession: Promise<Session<S>> | undefined;
    let forwardSession: Promise<Session<S>> | undefined;
    const prepare = (feeds: Feeds): Record<string, HostArray> =>
      checkedFeeds(program.name, program.inputs, feeds, program.optimizer.feeds);
    return {
      run: (feeds) =>
        own.exclusive(async () => {
          const [inputs, step] = [prepare(feeds), own.step + 1];
          const results = await session.run(own, inputs, step);
          const { loss, ...outputs } = results.outputs;
          if (!Number.isFinite(loss.data[0])) {
            results.drop();
            throw new NonFiniteError(program.name, step, firstNonFinite(inputs, await own.arrays()));
          }
          results.commit();
          own.step = step;
          return { loss: loss.data[0], outputs };
        }),
      gradients: (feeds) =>
        own.exclusive(async () => {
          gradientSession ??= this.session(
            `${program.name}, gradients`,
            traceGradients(program, own),
            this.mixed,
          );
          const { outputs } = await (await gradientSession).run(own, prepare(feeds), own.step + 1);
          return { loss: outputs.loss.data[0], gradients: underPrefix(GRADIENT, outputs) };
        }),
      forward: (feeds, ahead = 0) =>
        own.exclusive(async () => {
          forwardSession ??= this.session(`${program.name}, forward`, traceOutputs(program, own), this.mixed);
          const results = await (await forwardSession).run(own, prepare(feeds), own.step + 1 + ahead);
          const { loss, ...outputs } = results.outputs;
          return { loss: loss.data[0], outputs };
        }),
      dispose: () => {
        void this.release(session);
        // One that could not be compiled has said so to its caller.
        for (const other of [gradientSession, forwardSession])
          void other?.then((opened) => this.release(opened)).catch(() => undefined);
      },
    };
  }

  async dispose(): Promise<void> {
    for (const session of [...this.sessions]) await this.release(session);
  }

  private own(state: State): S {
    return ownState(this.provider, state, this.states);
  }

  private async session(
    name: string,
    { graph, blocks, sites }: TracedStep,
    mixed: boolean,
  ): Promise<Session<S>> {
    const optimised = optimise(graph);
    const session = await this.open(
      name,
      mixed ? halfProducts(optimised) : optimised,
      blocks,
      new RandomWords(sites, this.seed),
    );
    this.sessions.add(session);
    return session;
  }

  private async release(session: Session<S>): Promise<void> {
    if (this.sessions.delete(session)) await session.release();
  }
}

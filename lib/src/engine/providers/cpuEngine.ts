/**
 * The compiled engine on ONNX Runtime's CPU provider: traces a program, runs the passes, builds a session,
 * and feeds and fetches the state in place.
 */
import { availableParallelism } from 'node:os';
import * as ort from '../runtime/onnxRuntime';
import { newArray } from '../arrays';
import { NonFiniteError, ProgramError } from '../errors';
import { type Graph, sizeOf } from '../graph';
import { HostState, ortTensor } from '../hostState';
import { lowerForCpu } from '../lowering/cpu';
import { firstNonFinite } from '../nonFinite';
import { optimise } from '../passes';
import { removeDeadCode } from '../passes/deadCode';
import { checkedFeeds, RandomWords } from '../programInputs';
import { cpuSession, type CpuSession } from '../runtime/cpuSession';
import {
  FEED,
  JOINT,
  NEXT,
  PARAM,
  STEP_INPUT,
  traceForward,
  traceGradients,
  traceOutputs,
  traceStep,
  type TracedStep,
} from '../traceProgram';
import { RANDOM_INPUT } from '../trace/context';
import type {
  CompiledProgram,
  DType,
  Engine,
  EngineOptions,
  Feeds,
  HostArray,
  NamedHostTensors,
  Program,
  State,
  TrainingProgram,
  TrainingStep,
} from '../types';
import { slotName, trainedNames } from '../step';

export class CpuEngine implements Engine {
  readonly provider = 'cpu';
  readonly description: string;
  private readonly threads: number;
  private readonly seed: number;
  private readonly sessions = new Set<Session>();

  constructor({ threads = availableParallelism(), seed = 0 }: EngineOptions, why = '') {
    this.threads = threads;
    this.seed = seed;
    const count = `${threads} thread${threads === 1 ? '' : 's'}`;
    this.description = `cpu: ONNX Runtime ${ort.env.versions.node}, ${count}${why}`;
  }

  createState(tensors: NamedHostTensors): State {
    return new HostState(tensors);
  }

  async compile(program: Program, state: State): Promise<CompiledProgram> {
    const host = hostState(state);
    const session = await this.session(program.name, traceForward(program, host));
    return {
      run: (feeds) =>
        host.exclusive(async () => session.run(host, checkedFeeds(program.name, program.inputs, feeds))),
      dispose: () => this.release(session),
    };
  }

  async compileTraining(program: TrainingProgram, state: State): Promise<TrainingStep> {
    const host = hostState(state);
    for (const name of trainedNames(program, host)) {
      for (const slot of program.optimizer.slots) host.ensure(slotName(name, slot), host.specs[name]);
    }
    const traced = traceStep(program, host, true);
    const session = await this.session(program.name, traced);
    let gradientSession: Promise<Session> | undefined;
    let forwardSession: Promise<Session> | undefined;
    const prepare = (feeds: Feeds): Record<string, HostArray> =>
      checkedFeeds(program.name, program.inputs, feeds, program.optimizer.feeds);
    return {
      run: (feeds) =>
        host.exclusive(async () => {
          const inputs = prepare(feeds);
          const { loss, ...outputs } = await session.run(host, inputs);
          if (!Number.isFinite(loss.data[0]))
            throw new NonFiniteError(program.name, host.step + 1, firstNonFinite(inputs, host.arrays()));
          host.flip(traced.blocks.values());
          host.step += 1;
          return { loss: loss.data[0], outputs };
        }),
      gradients: (feeds) =>
        host.exclusive(async () => {
          gradientSession ??= this.session(`${program.name}, gradients`, traceGradients(program, host));
          const { loss, ...gradients } = await (await gradientSession).run(host, prepare(feeds));
          return { loss: loss.data[0], gradients };
        }),
      forward: (feeds, ahead = 0) =>
        host.exclusive(async () => {
          forwardSession ??= this.session(`${program.name}, forward`, traceOutputs(program, host));
          const { loss, ...outputs } = await (await forwardSession).run(host, prepare(feeds), ahead);
          return { loss: loss.data[0], outputs };
        }),
      dispose: () => {
        this.release(session);
        for (const other of [gradientSession, forwardSession]) void other?.then((s) => this.release(s));
      },
    };
  }

  async dispose(): Promise<void> {
    for (const session of [...this.sessions]) await this.release(session);
  }

  private async session(name: string, traced: TracedStep): Promise<Session> {
    const graph = removeDeadCode(lowerForCpu(optimise(traced.graph)));
    const native = await cpuSession(graph, name, this.threads);
    const session = new Session(name, native, graph, traced.blocks, new RandomWords(traced.sites, this.seed));
    this.sessions.add(session);
    return session;
  }

  private async release(session: Session): Promise<void> {
    if (this.sessions.delete(session)) await session.native.release();
  }
}

/** An ONNX Runtime session and everything needed to feed it. */
class Session {
  constructor(
    private readonly name: string,
    readonly native: CpuSession,
    private readonly graph: Graph,
    private readonly blocks: TracedStep['blocks'],
    private readonly random: RandomWords,
  ) {}

  /**
   * `inputs` holds the program's inputs and the optimiser's scalars. Next values of the state are written
   * into its spares. The step is the one after the state's, or `ahead` steps later.
   */
  async run(state: HostState, inputs: Record<string, HostArray>, ahead = 0): Promise<NamedHostTensors> {
    const step = state.step + 1 + ahead;
    const feeds: Record<string, ort.Tensor> = {};
    const written: Record<string, ort.Tensor> = {};
    // First, because a state may have to move tensors together for it.
    for (const [name, tensors] of this.blocks) written[NEXT + name] = state.spareOf(tensors);
    for (const [name, { shape, dtype }] of this.graph.inputs) {
      if (name.startsWith(PARAM)) feeds[name] = state.current(name.slice(PARAM.length));
      else if (name.startsWith(JOINT))
        feeds[name] = state.currentOf(this.blocks.get(name.slice(JOINT.length))!);
      else if (name === STEP_INPUT)
        feeds[name] = ortTensor({ shape: [], dtype: 'int32' }, Int32Array.of(step));
      else if (name === RANDOM_INPUT)
        feeds[name] = ortTensor({ shape, dtype: 'int32' }, this.random.fill(step));
      else
        feeds[name] = ortTensor(
          { shape, dtype: dtype as DType },
          inputs[name.startsWith(FEED) ? name.slice(FEED.length) : name],
        );
    }
    const outputs: NamedHostTensors = {};
    for (const [name, { shape, dtype }] of this.graph.outputs) {
      if (written[name] !== undefined) continue;
      const data = newArray(dtype as DType, sizeOf(shape));
      outputs[name] = { shape, dtype: dtype as DType, data };
      written[name] = ortTensor({ shape, dtype: dtype as DType }, data);
    }
    await this.native.run(feeds, written).catch((cause: unknown) => {
      throw new ProgramError(`${this.name}: ${(cause as Error).message}`, { cause });
    });
    return outputs;
  }
}

function hostState(state: State): HostState {
  if (state instanceof HostState) return state;
  throw new Error('cpu engine: expected a state of its own, got one of another engine');
}

/**
 * The compiled engine on a GPU: WebGPU (Vulkan, Metal or Direct3D 12, inside the onnxruntime-node package) or
 * CUDA (if the user installed ONNX Runtime's CUDA library).
 *
 * On WebGPU the state stays on the device: outputs that are next values come back as device tensors and are
 * fed to the next run. onnxruntime-node has no device tensors for CUDA, so there the state crosses the bus at
 * each step.
 */
import * as ort from '../runtime/onnxRuntime';
import { InputError } from '../../errors';
import { NonFiniteError } from '../errors';
import type { Graph } from '../graph';
import { ortTensor } from '../hostState';
import { lowerCpu } from '../lowering/cpu';
import { firstNonFinite } from '../nonFinite';
import { writeOnnx } from '../onnx/writer';
import { optimise } from '../passes';
import { checkedFeeds, RandomWords } from '../programInputs';
import { slotName, trainedNames } from '../step';
import { RANDOM_INPUT } from '../trace/context';
import {
  FEED,
  NEXT,
  PARAM,
  STEP_INPUT,
  traceForward,
  traceGradients,
  traceOutputs,
  traceStep,
  type TracedStep,
} from '../traceProgram';
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
import { DeviceError } from './deviceError';
import { DeviceState } from './deviceState';
import { deviceTransfer, type DeviceTransfer } from './deviceTransfer';
import { lowerForWebGpu, notOnWebGpu } from './webgpuLowering';

export type GpuProvider = 'webgpu' | 'cuda';

export class GpuEngine implements Engine {
  readonly description: string;
  private readonly transfer: DeviceTransfer | undefined;
  private readonly sessions = new Set<GpuSession>();
  private readonly seed: number;

  /** `device` is the adapter's name for people. The provider must have been tried before (probe.ts). */
  constructor(
    readonly provider: GpuProvider,
    { seed = 0 }: EngineOptions,
    device: string,
    why = '',
  ) {
    this.seed = seed;
    this.transfer = provider === 'webgpu' ? deviceTransfer : undefined;
    this.description = `${provider}: ONNX Runtime ${ort.env.versions.node}, ${device}${why}`;
  }

  createState(tensors: NamedHostTensors): State {
    return new DeviceState(tensors, this.transfer);
  }

  async compile(program: Program, state: State): Promise<CompiledProgram> {
    const own = deviceState(state);
    const session = await this.session(program.name, traceForward(program, own));
    return {
      run: (feeds) =>
        own.exclusive(
          async () => (await session.run(own, checkedFeeds(program.name, program.inputs, feeds))).outputs,
        ),
      dispose: () => void this.release(session),
    };
  }

  async compileTraining(program: TrainingProgram, state: State): Promise<TrainingStep> {
    const own = deviceState(state);
    for (const name of trainedNames(program, own)) {
      for (const slot of program.optimizer.slots) own.ensure(slotName(name, slot), own.specs[name]);
    }
    const session = await this.session(program.name, traceStep(program, own));
    let gradientSession: Promise<GpuSession> | undefined;
    let forwardSession: Promise<GpuSession> | undefined;
    const prepare = (feeds: Feeds): Record<string, HostArray> =>
      checkedFeeds(program.name, program.inputs, feeds, program.optimizer.feeds);
    return {
      run: (feeds) =>
        own.exclusive(async () => {
          const inputs = prepare(feeds);
          const { outputs, next } = await session.run(own, inputs);
          const { loss, ...rest } = outputs;
          if (!Number.isFinite(loss.data[0])) {
            for (const tensor of next.values()) tensor.dispose();
            throw new NonFiniteError(program.name, own.step + 1, firstNonFinite(inputs, await own.arrays()));
          }
          own.replace(next);
          own.step += 1;
          return { loss: loss.data[0], outputs: rest };
        }),
      gradients: (feeds) =>
        own.exclusive(async () => {
          gradientSession ??= this.session(`${program.name}, gradients`, traceGradients(program, own));
          const { loss, ...gradients } = (await (await gradientSession).run(own, prepare(feeds))).outputs;
          return { loss: loss.data[0], gradients };
        }),
      forward: (feeds, ahead = 0) =>
        own.exclusive(async () => {
          forwardSession ??= this.session(`${program.name}, forward`, traceOutputs(program, own));
          const { loss, ...outputs } = (await (await forwardSession).run(own, prepare(feeds), ahead)).outputs;
          return { loss: loss.data[0], outputs };
        }),
      dispose: () => {
        void this.release(session);
        for (const other of [gradientSession, forwardSession]) void other?.then((s) => this.release(s));
      },
    };
  }

  async dispose(): Promise<void> {
    for (const session of [...this.sessions]) await this.release(session);
  }

  private async session(name: string, traced: TracedStep): Promise<GpuSession> {
    const optimised = optimise(traced.graph);
    const graph =
      this.provider === 'webgpu'
        ? lowerForWebGpu(optimised)
        : { ...optimised, nodes: optimised.nodes.map(lowerCpu) };
    const left = this.provider === 'webgpu' ? notOnWebGpu(graph) : [];
    if (left.length > 0)
      process.emitWarning(`webgpu: "${name}" runs ${left.join(', ')} on the CPU in between, which is slow`);
    const onDevice = (output: string): boolean =>
      this.transfer !== undefined && output.startsWith(NEXT) && graph.outputs.get(output)!.dtype !== 'bool';
    const locations = Object.fromEntries(
      [...graph.outputs.keys()].map((output) => [output, onDevice(output) ? 'gpu-buffer' : 'cpu'] as const),
    );
    let native: ort.InferenceSession;
    try {
      native = await ort.InferenceSession.create(writeOnnx(graph, name), {
        executionProviders: [this.provider],
        ...(this.transfer === undefined ? {} : { preferredOutputLocation: locations }),
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4, // errors arrive as exceptions
      });
    } catch (cause) {
      throw new InputError(
        this.provider,
        `"${name}" could not be compiled: ${(cause as Error).message.split('\n')[0]}`,
        'Use the provider "cpu"',
        { cause },
      );
    }
    const session = new GpuSession(
      this.provider,
      name,
      native,
      graph,
      new RandomWords(traced.sites, this.seed),
    );
    this.sessions.add(session);
    return session;
  }

  private async release(session: GpuSession): Promise<void> {
    if (this.sessions.delete(session)) await session.native.release();
  }
}

/** An ONNX Runtime session and everything needed to feed it. */
class GpuSession {
  constructor(
    private readonly provider: GpuProvider,
    private readonly name: string,
    readonly native: ort.InferenceSession,
    private readonly graph: Graph,
    private readonly random: RandomWords,
  ) {}

  /**
   * Host tensors of all outputs but the next values of the state, which the caller keeps or disposes. The
   * step is the one after the state's, or `ahead` steps later.
   */
  async run(
    state: DeviceState,
    inputs: Record<string, HostArray>,
    ahead = 0,
  ): Promise<{ outputs: NamedHostTensors; next: Map<string, ort.Tensor> }> {
    const step = state.step + 1 + ahead;
    const feeds: Record<string, ort.Tensor> = {};
    let results: ort.InferenceSession.ReturnType;
    try {
      for (const [name, { shape, dtype }] of this.graph.inputs) {
        if (name.startsWith(PARAM)) feeds[name] = await state.onDevice(name.slice(PARAM.length));
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
      results = await this.native.run(feeds, { logSeverityLevel: 4 });
    } catch (cause) {
      throw new DeviceError(this.provider, `"${this.name}"`, cause);
    }
    const outputs: NamedHostTensors = {};
    const next = new Map<string, ort.Tensor>();
    for (const [name, { shape, dtype }] of this.graph.outputs) {
      if (name.startsWith(NEXT)) next.set(name.slice(NEXT.length), results[name]);
      else outputs[name] = { shape, dtype: dtype as DType, data: results[name].data as HostArray };
    }
    return { outputs, next };
  }
}

function deviceState(state: State): DeviceState {
  if (state instanceof DeviceState) return state;
  throw new Error('gpu engine: expected a state of its own, got one of another engine');
}

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
import type { Graph } from '../graph';
import { lowerCpu } from '../lowering/cpu';
import { writeOnnx } from '../onnx/writer';
import type { RandomWords } from '../programInputs';
import { NEXT, type TracedStep } from '../traceProgram';
import type { EngineOptions, NamedHostTensors, State } from '../types';
import { CompiledEngine } from './compiledEngine';
import { DeviceState } from './deviceState';
import { deviceTransfer, type DeviceTransfer } from './deviceTransfer';
import { GraphOnGpu } from './graphOnGpu';
import { precisionText } from './precision';
import { lowerForWebGpu, notOnWebGpu } from './webgpuLowering';

export type GpuProvider = 'webgpu' | 'cuda';

export class GpuEngine extends CompiledEngine<DeviceState> {
  readonly description: string;
  private readonly transfer: DeviceTransfer | undefined;

  /** `device` is the adapter's name for people. The provider must have been tried before (probe.ts). */
  constructor(
    readonly provider: GpuProvider,
    options: EngineOptions,
    device: string,
    why = '',
  ) {
    super(DeviceState, false, options);
    this.transfer = provider === 'webgpu' ? deviceTransfer : undefined;
    const details = `${device}${precisionText(options)}${why}`;
    this.description = `${provider}: ONNX Runtime ${ort.env.versions.node}, ${details}`;
  }

  createState(tensors: NamedHostTensors): State {
    return new DeviceState(tensors, this.transfer);
  }

  protected async open(
    name: string,
    optimised: Graph,
    _blocks: TracedStep['blocks'],
    random: RandomWords,
  ): Promise<GraphOnGpu> {
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
    return new GraphOnGpu(this.provider, name, native, graph, random);
  }
}

/** A graph in a session on the CPU, fed from a state and writing its next values into the state's spares. */
import * as ort from '../runtime/onnxRuntime';
import { newArray } from '../arrays';
import { ProgramError } from '../errors';
import { type Graph, sizeOf } from '../graph';
import { type HostState, ortTensor } from '../hostState';
import { inputValues, type RandomWords } from '../programInputs';
import type { CpuSession } from '../runtime/cpuSession';
import { JOINT, NEXT, PARAM, type TracedStep } from '../traceProgram';
import type { DType, HostArray, NamedHostTensors } from '../types';
import type { Results, Session } from './compiledEngine';

export class GraphOnCpu implements Session<HostState> {
  constructor(
    private readonly name: string,
    private readonly native: CpuSession,
    private readonly graph: Graph,
    private readonly blocks: TracedStep['blocks'],
    private readonly random: RandomWords,
  ) {}

  async run(state: HostState, inputs: Record<string, HostArray>, step: number): Promise<Results> {
    const feeds: Record<string, ort.Tensor> = {};
    const written: Record<string, ort.Tensor> = {};
    // First, because a state may have to move tensors together for it.
    for (const [name, tensors] of this.blocks) written[NEXT + name] = state.spareOf(tensors);
    for (const [name, { shape, dtype }] of this.graph.inputs) {
      if (name.startsWith(PARAM)) feeds[name] = state.current(name.slice(PARAM.length));
      else if (name.startsWith(JOINT))
        feeds[name] = state.currentOf(this.blocks.get(name.slice(JOINT.length))!);
      else
        feeds[name] = ortTensor(
          { shape, dtype: dtype as DType },
          inputValues(name, inputs, step, this.random),
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
    return { outputs, commit: () => state.flip(this.blocks.values()), drop: () => undefined };
  }

  release(): Promise<void> {
    return this.native.release();
  }
}

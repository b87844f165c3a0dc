/** A graph in a session on a GPU, fed from a state on the device. Next values come back as new tensors. */
import type * as ort from '../runtime/onnxRuntime';
import type { Graph } from '../graph';
import { ortTensor } from '../hostState';
import { inputValues, type RandomWords } from '../programInputs';
import { NEXT, PARAM } from '../traceProgram';
import type { DType, HostArray, NamedHostTensors } from '../types';
import type { Results, Session } from './compiledEngine';
import { DeviceError } from './deviceError';
import type { DeviceState } from './deviceState';

export class GraphOnGpu implements Session<DeviceState> {
  constructor(
    private readonly provider: 'webgpu' | 'cuda',
    private readonly name: string,
    private readonly native: ort.InferenceSession,
    private readonly graph: Graph,
    private readonly random: RandomWords,
  ) {}

  async run(state: DeviceState, inputs: Record<string, HostArray>, step: number): Promise<Results> {
    const feeds: Record<string, ort.Tensor> = {};
    let results: ort.InferenceSession.ReturnType;
    try {
      for (const [name, { shape, dtype }] of this.graph.inputs) {
        if (name.startsWith(PARAM)) feeds[name] = await state.onDevice(name.slice(PARAM.length));
        else
          feeds[name] = ortTensor(
            { shape, dtype: dtype as DType },
            inputValues(name, inputs, step, this.random),
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
    return {
      outputs,
      commit: () => state.replace(next),
      drop: () => next.forEach((tensor) => tensor.dispose()),
    };
  }

  release(): Promise<void> {
    return this.native.release();
  }
}

/**
 * Moves tensors between JavaScript and a WebGPU device through sessions that only copy, because
 * onnxruntime-node ends the process when a device tensor is asked for its data.
 *
 * One transfer serves the whole process, until its end. While one of its sessions is open, ONNX Runtime keeps
 * the shaders that it compiled for any program, and the next engine need not compile them again. A step of a
 * small encoder has hundreds.
 */
import { onnx } from 'onnx-proto';
import * as ort from '../runtime/onnxRuntime';
import { ortTensor } from '../hostState';
import type { HostArray, HostTensor, TensorSpec } from '../types';

/**
 * bool is missing because WebGPU cannot copy it. Tensors of bool stay in JavaScript and are fed at each run.
 */
const MOVABLE = { float32: onnx.TensorProto.DataType.FLOAT, int32: onnx.TensorProto.DataType.INT32 } as const;
type Movable = keyof typeof MOVABLE;

export class DeviceTransfer {
  private readonly sessions = new Map<string, Promise<ort.InferenceSession>>();

  /** A copy on the device, or in JavaScript if the type cannot be moved. The caller disposes it. */
  async upload(spec: TensorSpec, data: HostArray): Promise<ort.Tensor> {
    const host = ortTensor(spec, data);
    if (!(spec.dtype in MOVABLE)) return host;
    const session = await this.session(spec.dtype as Movable, 'gpu-buffer');
    return (await session.run({ x: host })).y;
  }

  /** A copy in JavaScript. `tensor` is left as it is. */
  async download(spec: TensorSpec, tensor: ort.Tensor): Promise<HostTensor> {
    if (tensor.location === 'cpu') return { ...spec, data: (tensor.data as HostArray).slice() };
    const session = await this.session(spec.dtype as Movable, 'cpu');
    return { ...spec, data: (await session.run({ x: tensor })).y.data as HostArray };
  }

  private session(dtype: Movable, to: 'cpu' | 'gpu-buffer'): Promise<ort.InferenceSession> {
    const key = `${dtype} ${to}`;
    let session = this.sessions.get(key);
    if (session === undefined) {
      session = ort.InferenceSession.create(copyModel(dtype), {
        executionProviders: ['webgpu'],
        preferredOutputLocation: to,
        logSeverityLevel: 3,
      });
      this.sessions.set(key, session);
    }
    return session;
  }
}

export const deviceTransfer = new DeviceTransfer();

/** y = x, of any shape. */
function copyModel(dtype: Movable): Uint8Array {
  const value = (name: string): onnx.IValueInfoProto => ({
    name,
    type: { tensorType: { elemType: MOVABLE[dtype] } },
  });
  const model = onnx.ModelProto.create({
    irVersion: 9,
    opsetImport: [{ domain: '', version: 18 }],
    graph: {
      name: 'copy',
      node: [{ opType: 'Identity', input: ['x'], output: ['y'] }],
      input: [value('x')],
      output: [value('y')],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

/**
 * The TensorFlow.js backend "elephant-trace": its kernels compute nothing, and record operators of our graph
 * instead.
 *
 * Only trace() switches to it, for the duration of one synchronous call. Tensors of other backends that a
 * program closes over arrive through write() and become constants.
 */
import * as tf from '@tensorflow/tfjs-core';
import { newConstantArray } from '../arrays';
import type { Value } from '../graph';
import { newValue } from '../graph';
import type { DType } from '../types';
import { Recorder } from './recorder';

/** Another copy of this library in the process shares TensorFlow.js with this one, and has another name. */
export const TRACE_BACKEND = freeName('elephant-trace');

class TraceBackend extends tf.KernelBackend {
  private values = new WeakMap<object, Value>();
  /** Set while trace() runs. */
  recorder: Recorder | undefined;

  current(): Recorder {
    if (this.recorder === undefined)
      throw new Error('trace: a recorded tensor was used after tracing had ended');
    return this.recorder;
  }

  recorded(info: tf.TensorInfo): Value {
    const value = this.values.get(info.dataId);
    if (value === undefined) throw new Error('trace: expected a recorded tensor, got one of another backend');
    return value;
  }

  infoOf(value: Value): tf.TensorInfo {
    const dataId = {};
    this.values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: value.dtype as DType };
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): void {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new Error(
        `trace: expected float32, int32 or bool, got a constant of type ${dtype} and shape [${shape}]`,
      );
    }
    const value = newValue(shape, dtype);
    const data = newConstantArray(dtype, values as ArrayLike<number>);
    const splat = data.length > 0 && (data as Float32Array).every((x) => x === data[0]);
    this.current().graph.constants.set(value, { data: splat ? data.slice(0, 1) : data, splat });
    this.values.set(dataId, value);
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const value = this.values.get(dataId);
    const constant = value && this.recorder?.graph.constants.get(value);
    if (value === undefined || constant === undefined) {
      throw new Error(
        `trace: expected a constant, got a computed tensor of shape [${value?.shape}]: its numbers are ` +
          'not known while a ' +
          'program is being traced. Keep dataSync, print and conditions on tensors out of programs, or ' +
          'return the tensor as an output',
      );
    }
    const size = value.shape.reduce((a, b) => a * b, 1);
    const data = constant.data as Float32Array;
    return constant.splat ? new (data.constructor as Float32ArrayConstructor)(size).fill(data[0]) : data;
  }

  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(): boolean {
    return true;
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  override numDataIds(): number {
    return 0;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
}

function freeName(name: string, copy = 1): string {
  const numbered = copy === 1 ? name : `${name}-${copy}`;
  return tf.findBackendFactory(numbered) === null ? numbered : freeName(name, copy + 1);
}

export const traceBackend = new TraceBackend();

/** State of the eager engine: tensors of TensorFlow.js, kept on one of its backends. */
import * as tf from '@tensorflow/tfjs-core';
import { HeldState } from '../heldState';
import type { HostArray, NamedHostTensors, NamedTensors, TensorSpec } from '../types';
import { onBackend } from './onBackend';

export class EagerState extends HeldState {
  readonly tensors: NamedTensors = {};

  constructor(
    tensors: NamedHostTensors,
    private readonly backend: string,
  ) {
    super();
    this.addAll(tensors);
  }

  /** Takes over new values by name and frees the old ones. Call within exclusive(). */
  replace(next: NamedTensors): void {
    for (const [name, tensor] of Object.entries(next)) {
      tf.keep(tensor);
      this.tensors[name]?.dispose();
      this.tensors[name] = tensor;
    }
  }

  /** Call within exclusive(). */
  *arrays(): Iterable<readonly [string, HostArray]> {
    for (const [name, tensor] of Object.entries(this.tensors)) yield [name, tensor.dataSync() as HostArray];
  }

  protected add(name: string, { shape, dtype }: TensorSpec, data: HostArray): void {
    onBackend(this.backend, () => this.replace({ [name]: tf.tensor(data, [...shape], dtype) }));
  }

  protected copy(name: string): HostArray {
    return this.tensors[name].dataSync().slice() as HostArray;
  }

  protected overwrite(name: string, data: HostArray): void {
    this.add(name, this.specs[name], data.slice());
  }

  protected free(): void {
    tf.dispose(this.tensors);
  }
}

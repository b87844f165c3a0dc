/**
 * State of the CPU provider: for each tensor the current value and, once it is trained, a spare of the same size. A step reads
 * the current ones and writes the spares; flip() exchanges them when it has succeeded. Nothing is allocated per step.
 */
import * as ort from 'onnxruntime-node';
import { InputError } from '../errors';
import { checkedArray, newArray } from './arrays';
import { sizeOf } from './graph';
import { STEP } from './step';
import type { HostArray, HostTensor, NamedHostTensors, NamedSpecs, State, TensorSpec } from './types';

interface Slot {
  spec: TensorSpec;
  current: ort.Tensor;
  spare?: ort.Tensor;
}

export class HostState implements State {
  readonly specs: NamedSpecs = {};
  private readonly slots = new Map<string, Slot>();
  private queue: Promise<unknown> = Promise.resolve();
  private disposed = false;
  /** Steps taken; the tensor "/step" of the state. */
  step = 0;

  constructor(tensors: NamedHostTensors) {
    this.specs[STEP] = { shape: [], dtype: 'int32' };
    for (const [name, { shape, dtype, data }] of Object.entries(tensors)) {
      const checked = checkedArray(`state tensor "${name}"`, { shape, dtype }, data);
      if (name === STEP) this.step = checked[0];
      else this.add(name, { shape: [...shape], dtype }, checked.slice());
    }
  }

  /** Adds a tensor of zeros unless one of that name, shape and type is there. */
  ensure(name: string, spec: TensorSpec): void {
    const present = this.specs[name];
    if (present === undefined) this.add(name, spec, newArray(spec.dtype, sizeOf(spec.shape)));
    else if (present.dtype !== spec.dtype || String(present.shape) !== String(spec.shape)) {
      throw new InputError(`state tensor "${name}"`, `expected ${spec.dtype}[${spec.shape}], got ${present.dtype}[${present.shape}]`);
    }
  }

  private add(name: string, spec: TensorSpec, data: HostArray): void {
    this.specs[name] = spec;
    this.slots.set(name, { spec, current: ortTensor(spec, data) });
  }

  /** Runs one function at a time on this state. */
  exclusive<T>(run: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      if (this.disposed) throw new Error('state: used after dispose()');
      return run();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  current(name: string): ort.Tensor {
    return this.slot(name).current;
  }

  /** The present values, without copying. */
  *arrays(): Iterable<readonly [string, HostArray]> {
    for (const [name, { current }] of this.slots) yield [name, current.data as HostArray];
  }

  /** Where the next value of a tensor is to be written. */
  spare(name: string): ort.Tensor {
    const slot = this.slot(name);
    slot.spare ??= ortTensor(slot.spec, newArray(slot.spec.dtype, sizeOf(slot.spec.shape)));
    return slot.spare;
  }

  flip(names: readonly string[]): void {
    for (const name of names) {
      const slot = this.slot(name);
      const { current, spare } = slot;
      if (spare === undefined) throw new Error(`state tensor "${name}": flipped without a spare`);
      slot.current = spare;
      slot.spare = current;
    }
  }

  read(name: string): Promise<HostTensor> {
    return this.exclusive(async () => this.copy(name));
  }

  write(name: string, data: HostArray): Promise<void> {
    return this.exclusive(async () => this.overwrite(name, data));
  }

  snapshot(filter: (name: string) => boolean = () => true): Promise<NamedHostTensors> {
    return this.exclusive(async () =>
      Object.fromEntries(Object.keys(this.specs).filter(filter).map((name) => [name, this.copy(name)])),
    );
  }

  restore(snapshot: NamedHostTensors): Promise<void> {
    return this.exclusive(async () => {
      // All are checked before the first is written.
      for (const [name, tensor] of Object.entries(snapshot)) this.check(name, tensor.data);
      for (const [name, tensor] of Object.entries(snapshot)) this.overwrite(name, tensor.data);
    });
  }

  dispose(): void {
    this.disposed = true;
    this.slots.clear();
  }

  private slot(name: string): Slot {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new InputError(`state tensor "${name}"`, `expected one of ${Object.keys(this.specs).join(', ')}`);
    return slot;
  }

  private check(name: string, data: HostArray): void {
    if (name !== STEP) this.slot(name);
    checkedArray(`state tensor "${name}"`, this.specs[name], data);
  }

  private copy(name: string): HostTensor {
    if (name === STEP) return { ...this.specs[name], data: Int32Array.of(this.step) };
    const { spec, current } = this.slot(name);
    return { ...spec, data: (current.data as HostArray).slice() };
  }

  private overwrite(name: string, data: HostArray): void {
    this.check(name, data);
    if (name === STEP) this.step = data[0];
    else (this.slot(name).current.data as HostArray).set(data);
  }
}

export function ortTensor({ shape, dtype }: TensorSpec, data: HostArray): ort.Tensor {
  return new ort.Tensor(dtype, data as Float32Array, shape);
}

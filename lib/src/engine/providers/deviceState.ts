/**
 * State of a GPU provider: one tensor per name, on the device once it has been used there. A step gives new tensors; replace()
 * takes them over and frees the old ones, so at most two generations live at a time. Tensors that are not freed leak.
 */
import type * as ort from 'onnxruntime-node';
import { InputError } from '../../errors';
import { checkedArray, newArray } from '../arrays';
import { sizeOf } from '../graph';
import { ortTensor } from '../hostState';
import { STEP } from '../step';
import type { HostArray, HostTensor, NamedHostTensors, NamedSpecs, State, TensorSpec } from '../types';
import type { DeviceTransfer } from './deviceTransfer';

export class DeviceState implements State {
  readonly specs: NamedSpecs = {};
  private readonly tensors = new Map<string, ort.Tensor>();
  private queue: Promise<unknown> = Promise.resolve();
  private disposed = false;
  /** Steps taken; the tensor "/step" of the state. */
  step = 0;

  /** Without a `transfer` everything stays with JavaScript and is copied by the runtime at each run. */
  constructor(
    tensors: NamedHostTensors,
    private readonly transfer: DeviceTransfer | undefined,
  ) {
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

  /** Runs one function at a time on this state. */
  exclusive<T>(run: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      this.check();
      return run();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** The tensor as the device wants it; moved there at its first use. Call within exclusive(). */
  async onDevice(name: string): Promise<ort.Tensor> {
    const tensor = this.tensor(name);
    if (this.transfer === undefined || tensor.location !== 'cpu') return tensor;
    const moved = await this.transfer.upload(this.specs[name], tensor.data as HostArray);
    this.tensors.set(name, moved);
    return moved;
  }

  /** Takes over new values by name and frees the old ones. Call within exclusive(). */
  replace(next: ReadonlyMap<string, ort.Tensor>): void {
    for (const [name, tensor] of next) {
      this.tensor(name).dispose();
      this.tensors.set(name, tensor);
    }
  }

  /** Everything held, in JavaScript's memory. Call within exclusive(). */
  async arrays(): Promise<[string, HostArray][]> {
    const arrays: [string, HostArray][] = [];
    for (const name of Object.keys(this.specs)) arrays.push([name, (await this.copy(name)).data]);
    return arrays;
  }

  read(name: string): Promise<HostTensor> {
    return this.exclusive(() => this.copy(name));
  }

  write(name: string, data: HostArray): Promise<void> {
    return this.exclusive(async () => this.overwrite(name, data));
  }

  snapshot(filter: (name: string) => boolean = () => true): Promise<NamedHostTensors> {
    return this.exclusive(async () => {
      const copies: NamedHostTensors = {};
      for (const name of Object.keys(this.specs).filter(filter)) copies[name] = await this.copy(name);
      return copies;
    });
  }

  restore(snapshot: NamedHostTensors): Promise<void> {
    return this.exclusive(async () => {
      const held = Object.entries(snapshot).filter(([name]) => name in this.specs);
      // All are checked before the first is written.
      for (const [name, { data }] of held) checkedArray(`state tensor "${name}"`, this.specs[name], data);
      for (const [name, { data }] of held) this.overwrite(name, data);
    });
  }

  /** Frees the device's memory once the run in progress has ended. */
  dispose(): void {
    const free = (): void => {
      this.disposed = true;
      for (const tensor of this.tensors.values()) tensor.dispose();
      this.tensors.clear();
    };
    this.queue = this.queue.then(() => (this.disposed ? undefined : free()));
  }

  private check(): void {
    if (this.disposed) throw new Error('state: used after dispose()');
  }

  private add(name: string, spec: TensorSpec, data: HostArray): void {
    this.specs[name] = spec;
    this.tensors.set(name, ortTensor(spec, data));
  }

  private tensor(name: string): ort.Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new InputError(`state tensor "${name}"`, `expected one of ${Object.keys(this.specs).join(', ')}`);
    return tensor;
  }

  private async copy(name: string): Promise<HostTensor> {
    const spec = this.specs[name];
    if (name === STEP) return { ...spec, data: Int32Array.of(this.step) };
    const tensor = this.tensor(name);
    if (this.transfer !== undefined) return this.transfer.download(spec, tensor);
    return { ...spec, data: (tensor.data as HostArray).slice() };
  }

  private overwrite(name: string, data: HostArray): void {
    if (name !== STEP) this.tensor(name);
    const checked = checkedArray(`state tensor "${name}"`, this.specs[name], data);
    if (name === STEP) this.step = checked[0];
    else this.replace(new Map([[name, ortTensor(this.specs[name], checked.slice())]]));
  }
}

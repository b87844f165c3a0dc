/**
 * State of a GPU provider: one tensor per name, on the device once it has been used there. A step returns new
 * tensors; replace() takes them over and frees the old ones, so at most two generations exist at a time.
 * Tensors that are not freed leak.
 */
import type * as ort from '../runtime/onnxRuntime';
import { HeldState } from '../heldState';
import { ortTensor } from '../hostState';
import type { HostArray, NamedHostTensors, TensorSpec } from '../types';
import type { DeviceTransfer } from './deviceTransfer';

export class DeviceState extends HeldState {
  private readonly tensors = new Map<string, ort.Tensor>();

  /** Without a `transfer`, everything stays in JavaScript and the runtime copies it at each run. */
  constructor(
    tensors: NamedHostTensors,
    private readonly transfer: DeviceTransfer | undefined,
  ) {
    super();
    this.addAll(tensors);
  }

  /** The tensor as the device needs it; moved there at its first use. Call within exclusive(). */
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

  /** All tensors, in JavaScript's memory. Call within exclusive(). */
  async arrays(): Promise<[string, HostArray][]> {
    const arrays: [string, HostArray][] = [];
    for (const name of this.tensors.keys()) arrays.push([name, await this.copy(name)]);
    return arrays;
  }

  protected add(name: string, spec: TensorSpec, data: HostArray): void {
    this.tensors.set(name, ortTensor(spec, data));
  }

  protected async copy(name: string): Promise<HostArray> {
    const tensor = this.tensor(name);
    if (this.transfer !== undefined) return (await this.transfer.download(this.specs[name], tensor)).data;
    return (tensor.data as HostArray).slice();
  }

  protected overwrite(name: string, data: HostArray): void {
    this.replace(new Map([[name, ortTensor(this.specs[name], data.slice())]]));
  }

  protected free(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }

  private tensor(name: string): ort.Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw this.unknown(name);
    return tensor;
  }
}

/**
 * State of the CPU provider: for each tensor the current value and, once it is trained, a spare of the same
 * size. A step reads the current ones and writes the spares; flip() exchanges them if it succeeds. Nothing is
 * allocated per step.
 *
 * Tensors that a step updates together are side by side in one array (a block), so that the step has one
 * input and one output for all of them. Passing a tensor to the runtime costs about 5 us, however small it
 * is. Blocks are made when a step first asks for them, and made again if another step on the same state asks
 * for different ones.
 */
import * as ort from './runtime/onnxRuntime';
import { newArray } from './arrays';
import { sizeOf } from './graph';
import { HeldState } from './heldState';
import type { HostArray, NamedHostTensors, TensorSpec } from './types';

interface Block {
  /** Names of its tensors, in order. */
  readonly names: readonly string[];
  readonly spec: TensorSpec;
  readonly offsets: ReadonlyMap<string, number>;
  current: Side;
  spare?: Side;
}

/** One of the two arrays of a block, with the runtime's tensors that view it. */
class Side {
  private readonly views = new Map<string, ort.Tensor>();
  readonly whole: ort.Tensor;

  constructor(
    spec: TensorSpec,
    readonly data: HostArray,
  ) {
    this.whole = ortTensor(spec, data);
  }

  view(name: string, spec: TensorSpec, offset: number): ort.Tensor {
    let view = this.views.get(name);
    if (view === undefined)
      this.views.set(name, (view = ortTensor(spec, this.data.subarray(offset, offset + sizeOf(spec.shape)))));
    return view;
  }
}

export class HostState extends HeldState {
  private readonly blocks = new Map<string, Block>();

  constructor(tensors: NamedHostTensors) {
    super();
    this.addAll(tensors);
  }

  /** A tensor's current value as the runtime reads it. */
  current(name: string): ort.Tensor {
    const block = this.blockOf(name);
    return block.names.length === 1
      ? block.current.whole
      : block.current.view(name, this.specs[name], block.offsets.get(name)!);
  }

  /** Several float32 tensors side by side, as one vector; a single tensor as it is. */
  currentOf(names: readonly string[]): ort.Tensor {
    return this.block(names).current.whole;
  }

  /** Where their next values are written. */
  spareOf(names: readonly string[]): ort.Tensor {
    const block = this.block(names);
    block.spare ??= new Side(block.spec, newArray(block.spec.dtype, sizeOf(block.spec.shape)));
    return block.spare.whole;
  }

  /** Makes the values written into the spares the current ones. */
  flip(blocks: Iterable<readonly string[]>): void {
    for (const names of blocks) {
      const block = this.block(names);
      if (block.spare === undefined) throw new Error(`state tensor "${names[0]}": flipped without a spare`);
      [block.current, block.spare] = [block.spare, block.current];
    }
  }

  /** The current values, without copying. */
  *arrays(): Iterable<readonly [string, HostArray]> {
    for (const name of this.blocks.keys()) yield [name, this.current(name).data as HostArray];
  }

  protected add(name: string, spec: TensorSpec, data: HostArray): void {
    this.blocks.set(name, {
      names: [name],
      spec,
      offsets: new Map([[name, 0]]),
      current: new Side(spec, data),
    });
  }

  protected copy(name: string): HostArray {
    return (this.current(name).data as HostArray).slice();
  }

  protected overwrite(name: string, data: HostArray): void {
    (this.current(name).data as HostArray).set(data);
  }

  protected free(): void {
    this.blocks.clear();
  }

  private blockOf(name: string): Block {
    const block = this.blocks.get(name);
    if (block === undefined) throw this.unknown(name);
    return block;
  }

  /** The block of exactly these tensors. They are moved together if they are not yet. */
  private block(names: readonly string[]): Block {
    const present = this.blockOf(names[0]);
    if (
      present.names === names ||
      (present.names.length === names.length && present.names.every((name, i) => name === names[i]))
    )
      return present;
    const members = new Set(names);
    // Tensors that shared a block with one of these get a block of their own each.
    const left = new Set(
      names.flatMap((name) => this.blockOf(name).names).filter((name) => !members.has(name)),
    );
    for (const name of left) this.add(name, this.specs[name], this.copy(name));
    const sizes = names.map((name) => sizeOf(this.specs[name].shape));
    const spec: TensorSpec =
      names.length === 1
        ? this.specs[names[0]]
        : { shape: [sizes.reduce((a, b) => a + b, 0)], dtype: 'float32' };
    const data = newArray(spec.dtype, sizeOf(spec.shape));
    const offsets = new Map<string, number>();
    let offset = 0;
    names.forEach((name, i) => {
      data.set(this.current(name).data as HostArray, offset);
      offsets.set(name, offset);
      offset += sizes[i];
    });
    const block: Block = { names, spec, offsets, current: new Side(spec, data) };
    for (const name of names) this.blocks.set(name, block);
    return block;
  }
}

export function ortTensor({ shape, dtype }: TensorSpec, data: HostArray): ort.Tensor {
  return new ort.Tensor(dtype, data as Float32Array, shape);
}

/**
 * What the states of all engines have in common: names and shapes, the step counter, one run at a time,
 * checked reads and writes. The subclass decides where the values live (JavaScript's memory, a device,
 * TensorFlow.js): hostState.ts, providers/deviceState.ts, providers/eagerState.ts.
 */
import { InputError } from '../errors';
import { checkedArray, newArray } from './arrays';
import { checkedSnapshot } from './checkedSnapshot';
import { sizeOf } from './graph';
import { slotName, STEPS_TAKEN, trainedNames } from './step';
import type {
  HostArray,
  HostTensor,
  NamedHostTensors,
  NamedSpecs,
  ProviderName,
  State,
  TensorSpec,
  TrainingProgram,
} from './types';

type Named = Iterable<readonly [string, HostArray]>;

export abstract class HeldState implements State {
  readonly specs: NamedSpecs = {};
  private queue: Promise<unknown> = Promise.resolve();
  private disposed = false;
  /** Steps taken; the tensor "/step" of the state. */
  step = 0;

  /** Takes a new tensor. From then on `data` belongs to the state. */
  protected abstract add(name: string, spec: TensorSpec, data: HostArray): void;
  /** A copy of a tensor's current values. */
  protected abstract copy(name: string): Promise<HostArray> | HostArray;
  /** Changes a tensor's values. `data` has been checked and remains the caller's. */
  protected abstract overwrite(name: string, data: HostArray): void;
  /** Frees everything; called once. */
  protected abstract free(): void;
  /** All tensors but the step counter, in JavaScript's memory. Call within exclusive(). */
  abstract arrays(): Named | Promise<Named>;

  /** The subclass's constructor must call this once its own fields are set. */
  protected addAll(tensors: NamedHostTensors): void {
    this.specs[STEPS_TAKEN] = { shape: [], dtype: 'int32' };
    for (const [name, { shape, dtype, data }] of Object.entries(tensors)) {
      const checked = checkedArray(`state tensor "${name}"`, { shape, dtype }, data);
      if (name === STEPS_TAKEN) this.step = checked[0];
      else this.insert(name, { shape: [...shape], dtype }, checked.slice());
    }
  }

  /** Adds a tensor of zeros unless one of that name, shape and type exists. */
  ensure(name: string, spec: TensorSpec): void {
    const present = this.specs[name];
    if (present === undefined) this.insert(name, spec, newArray(spec.dtype, sizeOf(spec.shape)));
    else if (present.dtype !== spec.dtype || String(present.shape) !== String(spec.shape)) {
      throw new InputError(
        `state tensor "${name}"`,
        `expected ${spec.dtype}[${spec.shape}], got ${present.dtype}[${present.shape}]`,
      );
    }
  }

  /** Adds the optimiser's slots of what `program` trains, unless they are there. */
  ensureSlots(program: TrainingProgram): void {
    for (const name of trainedNames(program, this))
      for (const slot of program.optimizer.slots) this.ensure(slotName(name, slot), this.specs[name]);
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

  read(name: string): Promise<HostTensor> {
    return this.exclusive(() => this.value(name));
  }

  write(name: string, data: HostArray): Promise<void> {
    return this.exclusive(async () => this.put(name, this.checked(name, data)));
  }

  snapshot(filter: (name: string) => boolean = () => true): Promise<NamedHostTensors> {
    return this.exclusive(async () => {
      const copies: NamedHostTensors = {};
      for (const name of Object.keys(this.specs).filter(filter)) copies[name] = await this.value(name);
      return copies;
    });
  }

  restore(snapshot: NamedHostTensors): Promise<void> {
    return this.exclusive(async () => {
      for (const { name, spec, data, absent } of checkedSnapshot(this.specs, snapshot)) {
        if (absent) this.insert(name, spec, data.slice());
        else this.put(name, data);
      }
    });
  }

  /** Frees the memory once the run in progress has ended. */
  dispose(): void {
    this.queue = this.queue.then(() => {
      if (this.disposed) return;
      this.disposed = true;
      this.free();
    });
  }

  protected unknown(name: string): InputError {
    return new InputError(`state tensor "${name}"`, `expected one of ${Object.keys(this.specs).join(', ')}`);
  }

  private insert(name: string, spec: TensorSpec, data: HostArray): void {
    this.specs[name] = spec;
    this.add(name, spec, data);
  }

  private checked(name: string, data: HostArray): HostArray {
    if (!Object.hasOwn(this.specs, name)) throw this.unknown(name);
    return checkedArray(`state tensor "${name}"`, this.specs[name], data);
  }

  private async value(name: string): Promise<HostTensor> {
    if (!Object.hasOwn(this.specs, name)) throw this.unknown(name);
    return {
      ...this.specs[name],
      data: name === STEPS_TAKEN ? Int32Array.of(this.step) : await this.copy(name),
    };
  }

  private put(name: string, data: HostArray): void {
    if (name === STEPS_TAKEN) this.step = data[0];
    else this.overwrite(name, data);
  }
}

/** `state`, if an engine of this kind made it. */
export function ownState<S extends HeldState>(
  provider: ProviderName,
  state: State,
  kind: new (...args: never[]) => S,
): S {
  if (state instanceof kind) return state;
  throw new Error(`${provider} engine: expected a state of its own, got one of another engine`);
}

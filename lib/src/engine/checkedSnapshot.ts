/** Checks a snapshot against the state that it is to be written into, before anything is written. */
import { InputError } from '../errors';
import { checkedArray } from './arrays';
import type { HostArray, NamedHostTensors, NamedSpecs, TensorSpec } from './types';

export interface CheckedTensor {
  name: string;
  spec: TensorSpec;
  data: HostArray;
  /** The state has no such tensor yet. */
  absent: boolean;
}

/**
 * The tensors of `snapshot` for a state of `specs`. Only an optimiser's slots ("weight/m") may be absent from
 * the state: it gets them with its first compiled step, which may come later. A slot has the shape and type
 * of its weight.
 * @throws InputError for other absent tensors, and for data that does not fit.
 */
export function checkedSnapshot(specs: NamedSpecs, snapshot: NamedHostTensors): CheckedTensor[] {
  return Object.entries(snapshot).map(([name, { data }]) => {
    const where = `state tensor "${name}"`;
    const absent = !Object.hasOwn(specs, name);
    const owner = absent ? name.slice(0, name.lastIndexOf('/')) : name;
    if (!Object.hasOwn(specs, owner))
      throw new InputError(
        where,
        `expected one of ${Object.keys(specs).join(', ')}, or an optimiser's slot of one`,
      );
    const spec = specs[owner];
    return { name, spec, data: checkedArray(where, spec, data), absent };
  });
}

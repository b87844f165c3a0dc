/** Typed arrays by tensor type. */
import type { ConstantArray, ValueDType } from './graph';
import { sizeOf } from './graph';
import type { DType, HostArray, TensorSpec } from './types';
import { InputError } from '../errors';

export function newArray(dtype: DType, length: number): HostArray {
  return dtype === 'float32'
    ? new Float32Array(length)
    : dtype === 'int32'
      ? new Int32Array(length)
      : new Uint8Array(length);
}

export function newConstantArray(dtype: ValueDType, values: ArrayLike<number>): ConstantArray {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'uint32':
      return Uint32Array.from(values);
    case 'bool':
      return Uint8Array.from(values);
    case 'int64':
      return BigInt64Array.from(Array.from(values, (v) => BigInt(v)));
    case 'float16':
      throw new Error('constant: expected a type that JavaScript has arrays of, got float16');
  }
}

/**
 * Checks that `data` is an array of the type and length that `spec` declares. A number stands for a scalar.
 */
export function checkedArray(
  where: string,
  spec: TensorSpec,
  data: HostArray | number | undefined,
): HostArray {
  const length = sizeOf(spec.shape);
  const wanted = `${spec.dtype} array of ${length} elements (shape [${spec.shape}])`;
  if (typeof data === 'number') {
    if (length !== 1) throw new InputError(where, `expected ${wanted}, got the number ${data}`);
    const array = newArray(spec.dtype, 1);
    array[0] = data;
    return array;
  }
  const name = data === undefined ? 'nothing' : `${data.constructor.name} of ${data.length}`;
  if (
    data === undefined ||
    data.constructor !== newArray(spec.dtype, 0).constructor ||
    data.length !== length
  ) {
    throw new InputError(where, `expected ${wanted}, got ${name}`);
  }
  return data;
}

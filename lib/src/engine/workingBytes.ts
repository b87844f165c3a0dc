/**
 * Memory that a graph's values take together, without inputs, constants and reuse: a measure of a program's
 * size.
 */
import { sizeOf, type Graph, type Value, type ValueDType } from './graph';

const BYTES: Record<ValueDType, number> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  bool: 1,
};

export function bytesOf({ shape, dtype }: Value): number {
  return BYTES[dtype] * sizeOf(shape);
}

/** Bytes of all values that the nodes make. */
export function workingBytes({ nodes }: Graph): number {
  return nodes.reduce(
    (sum, { outputs }) => sum + outputs.reduce((bytes, value) => bytes + bytesOf(value), 0),
    0,
  );
}

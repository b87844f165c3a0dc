/** A result that should be in the store is missing, or was damaged there. */
import type { Reader, StageNode, StageResult } from '../pipeline/stage';

export class NotStored extends Error {
  override readonly name = 'NotStored';
  constructor(readonly node: StageNode) {
    super(`${node.label}: not in the store`);
  }
}

/** The stored result of a stage that a view can do without; undefined if the store lacks it. */
export function readIfStored<Facts>(read: Reader, node: StageNode<Facts>): StageResult<Facts> | undefined {
  try {
    return read(node);
  } catch (error) {
    if (error instanceof NotStored) return undefined;
    throw error;
  }
}

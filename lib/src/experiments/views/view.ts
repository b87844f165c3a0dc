/**
 * What a view is: the stages it needs, and what it makes of their results. Pure; computed and shown by
 * Session.
 */
import type { StageNode, StageResult } from '../../pipeline/stage';

/** Gives a node's stored result. */
export type Reader = (node: StageNode) => StageResult;

export interface View<T> {
  readonly nodes: readonly StageNode[];
  make(read: Reader): T;
}

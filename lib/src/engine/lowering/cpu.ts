/** Operators of our graph as ONNX Runtime's CPU provider runs them best. */
import type { Node } from '../graph';

export function lowerCpu(node: Node): Node {
  if (node.op !== 'MatMul') return node;
  const { transA, transB, alpha } = node.attrs;
  if (!transA && !transB && alpha === 1) return { ...node, attrs: {} };
  return { ...node, op: 'FusedMatMul' };
}

/**
 * The table of supported kernels by provider, as Markdown, made from the code that supports them. The
 * engine's README has it between two marks. test/engine/readme.test.ts says if it is out of date, and
 * rewrites it with UPDATE=1.
 */
import { newValue, type Graph } from './graph';
import { lowerForWebGpu, notOnWebGpu } from './providers/webgpuLowering';
import { WEBGPU_OPERATORS } from './providers/webgpuOperators';
import { recordedKernels } from './trace/define';
import './trace/kernels';

const TABLE_START = '<!-- kernels: generated, see kernelTable.ts -->';
const TABLE_END = '<!-- end of kernels -->';

function kernelTable(): string {
  const rows = [...recordedKernels]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kernel, operators]) => {
      const missing = operators.filter((op) => !(op in WEBGPU_OPERATORS));
      const spelled = missing.filter(spelledOutOnWebGpu);
      const left = missing.filter((op) => !spelled.includes(op));
      const webgpu =
        left.length > 0
          ? `${left.join(', ')} on the CPU`
          : spelled.length > 0
            ? `yes, ${spelled.join(', ')} spelled out`
            : 'yes';
      return (
        `| ${kernel} | ${operators.join(', ') || 'none: a constant or the same value'} | yes | ${webgpu} ` +
        '|'
      );
    });
  return [
    '| TensorFlow.js kernel | ONNX operators | cpu, cuda | webgpu |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The text with its table replaced by the current one. */
export function withKernelTable(readme: string): string {
  const [before, rest] = readme.split(TABLE_START);
  const after = rest?.split(TABLE_END)[1];
  if (after === undefined)
    throw new Error(`README: expected the marks "${TABLE_START}" and "${TABLE_END}", got none`);
  return `${before}${TABLE_START}\n${kernelTable()}\n${TABLE_END}${after}`;
}

/**
 * Tried on a node of one or two small matrices: everything that WebGPU lacks works element by element or
 * along an axis.
 */
function spelledOutOnWebGpu(op: string): boolean {
  for (const dtype of ['float32', 'int32', 'bool'] as const) {
    const [a, b, y] = [newValue([2, 2], dtype), newValue([2, 2], dtype), newValue([2, 2], dtype)];
    const graph: Graph = {
      inputs: new Map([
        ['a', a],
        ['b', b],
      ]),
      constants: new Map(),
      nodes: [{ op, inputs: [a, b], outputs: [y], attrs: { axis: 1 } }],
      outputs: new Map([['y', y]]),
    };
    if (notOnWebGpu(lowerForWebGpu(graph)).length === 0) return true;
  }
  return false;
}

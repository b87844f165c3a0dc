/**
 * Sessions on the CPU: outputs lie where the caller said, the two ways to call the runtime agree to the bit,
 * errors are the runtime's.
 */
import { describe, expect, it } from 'vitest';
import { emptyGraph, type Graph, newValue } from '../../lib/src/engine/graph';
import { ortTensor } from '../../lib/src/engine/hostState';
import { cInterface } from '../../lib/src/engine/runtime/cInterface';
import { copyingSession, cpuSession } from '../../lib/src/engine/runtime/cpuSession';
import { packageVersion } from '../../lib/src/project';

const [rows, inner, columns] = [33, 65, 17];

/** a @ b and its largest number. */
function product(): Graph {
  const graph = emptyGraph();
  const [a, b, c] = [
    [rows, inner],
    [inner, columns],
    [rows, columns],
  ].map((shape) => newValue(shape, 'float32'));
  const largest = newValue([], 'float32');
  graph.inputs.set('a', a).set('b', b);
  graph.nodes.push({ op: 'MatMul', inputs: [a, b], outputs: [c], attrs: {} });
  graph.nodes.push({ op: 'ReduceMax', inputs: [c], outputs: [largest], attrs: { keepdims: false } });
  graph.outputs.set('c', c).set('largest', largest);
  return graph;
}

/** x times x, element by element. */
function square(size: number): Graph {
  const graph = emptyGraph();
  const [x, squares] = [newValue([size], 'float32'), newValue([size], 'float32')];
  graph.inputs.set('x', x);
  graph.nodes.push({ op: 'Mul', inputs: [x, x], outputs: [squares], attrs: {} });
  graph.outputs.set('squares', squares);
  return graph;
}

const tensor = (shape: number[], data: Float32Array) => ortTensor({ shape, dtype: 'float32' }, data);
const filled = (size: number, from: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(from + i));

function someTensors() {
  const [c, largest] = [new Float32Array(rows * columns), new Float32Array(1)];
  return {
    feeds: {
      b: tensor([inner, columns], filled(inner * columns, 5)),
      a: tensor([rows, inner], filled(rows * inner, 1)),
    },
    outputs: { largest: tensor([], largest), c: tensor([rows, columns], c) },
    c,
    largest,
  };
}

const installed = packageVersion('koffi') !== undefined;
if (process.platform !== 'linux' || !installed)
  console.log(`the C interface is not tried: ${installed ? 'this is not Linux' : 'koffi is not installed'}`);

describe.skipIf(process.platform !== 'linux' || !installed)('a session through the C interface', () => {
  it('is what Linux gets', async () => {
    expect(await cInterface()).toBeDefined();
  });

  it.skipIf(process.arch !== 'x64').each([1, 2])(
    'takes denormal numbers for zero while it runs, on %i threads, and leaves those of JavaScript alone',
    async (threads) => {
      const size = 2 ** 20;
      const session = await cpuSession(square(size), 'square', threads);
      const squares = new Float32Array(size);
      // The square of 1e-20 is below the smallest normal number; of 1e-18 it is not.
      const x = Float32Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 1e-20 : 1e-18));
      await session.run({ x: tensor([size], x) }, { squares: tensor([size], squares) });
      await session.release();
      expect(new Set(squares)).toEqual(new Set([0, Math.fround(Math.fround(1e-18) ** 2)]));
      expect(Number.MIN_VALUE / 1).toBeGreaterThan(0);
    },
  );

  it('writes the bytes of onnxruntime-node, run after run, in whatever order tensors are given', async () => {
    const [bound, copying] = [
      await cpuSession(product(), 'product', 1),
      await copyingSession(product(), 'product', 1),
    ];
    for (let run = 0; run < 3; run++) {
      const [ours, theirs] = [someTensors(), someTensors()];
      await bound.run(ours.feeds, ours.outputs);
      await copying.run(theirs.feeds, theirs.outputs);
      expect(ours.c).toEqual(theirs.c);
      expect(ours.largest).toEqual(theirs.largest);
      expect(ours.largest[0]).toBe(Math.max(...ours.c));
    }
    await bound.release();
    await copying.release();
  });

  it('says which tensor is missing, and what the runtime finds wrong', async () => {
    const session = await cpuSession(product(), 'product', 1);
    const { feeds, outputs } = someTensors();
    await expect(session.run({ a: feeds.a }, outputs)).rejects.toThrow('no tensor for "b"');
    await expect(session.run({ ...feeds, b: tensor([1], new Float32Array(1)) }, outputs)).rejects.toThrow(
      /size|shape|not enough/i,
    );
    const broken = product();
    broken.nodes[0] = { ...broken.nodes[0], op: 'NoSuchOperator' };
    await expect(cpuSession(broken, 'broken', 1)).rejects.toThrow('NoSuchOperator');
    await session.run(feeds, outputs); // errors left it as it was
    await session.release();
    await session.release();
    await expect(session.run(feeds, outputs)).rejects.toThrow('released');
  });

  it('keeps memory flat', async () => {
    const session = await cpuSession(product(), 'product', 1);
    const { feeds, outputs } = someTensors();
    const runs = async (n: number): Promise<number> => {
      for (let i = 0; i < n; i++) await session.run(feeds, outputs);
      return process.memoryUsage().rss;
    };
    const before = await runs(2000);
    expect((await runs(10_000)) - before).toBeLessThan(16 * 2 ** 20);
    await session.release();
  });
});

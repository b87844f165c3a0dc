/**
 * Tries one ONNX Runtime provider on one matrix product, in a child process with a time limit. A broken
 * graphics driver aborts its process or hangs, and then only the child is lost.
 */
import { spawn } from 'node:child_process';
import { onnx } from 'onnx-proto';
import '../../privacy';
import type { Precision } from '../types';

export type NativeProvider = 'cpu' | 'webgpu' | 'cuda';

export interface Probe {
  works: boolean;
  /**
   * Median milliseconds of the product of two `size` x `size` matrices, after one run to warm up; absent if
   * it failed.
   */
  milliseconds?: number;
  /** Why it does not work, in one line. */
  reason?: string;
}

export interface ProbeOptions {
  /** Rows and columns of the result. */
  size?: number;
  /**
   * "mixed" multiplies in float16, numbers so many that a sum in float16 would come out smaller: it stays at
   * 2,048 if one is added to it. Default "single".
   */
  precision?: Precision;
  /** Repeats after the first run. */
  repeats?: number;
  timeoutMs?: number;
}

/** Runs the product. A provider that gives a wrong result does not work either. Never throws. */
export function probeProvider(
  provider: NativeProvider,
  { size = 4, precision = 'single', repeats = 1, timeoutMs = 2500 }: ProbeOptions = {},
): Promise<Probe> {
  let runtime: string;
  try {
    runtime = require.resolve('onnxruntime-node');
  } catch {
    return Promise.resolve({ works: false, reason: 'onnxruntime-node is not installed' });
  }
  return new Promise((resolve) => {
    const half = precision === 'mixed';
    const inner = half ? MANY : size;
    const child = spawn(
      process.execPath,
      ['-e', CHILD, runtime, provider, String(size), String(inner), String(repeats)],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    let out = '';
    let err = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish({ works: false, reason: `no answer within ${timeoutMs / 1000} s` });
    }, timeoutMs);
    const finish = (probe: Probe): void => {
      clearTimeout(timer);
      resolve(probe);
    };
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err = (err + chunk.toString()).slice(-20_000)));
    child.stdin.on('error', () => undefined); // a child that died before reading is reported by 'close'
    child.on('error', (error) => finish({ works: false, reason: error.message }));
    child.on('close', (code, signal) => {
      const answer = /^PROBE (.*)$/m.exec(out)?.[1];
      if (answer !== undefined) finish(JSON.parse(answer) as Probe);
      else
        finish({
          works: false,
          reason: reasonFrom(err) ?? `the driver ended the process (${signal ?? `code ${code}`})`,
        });
    });
    child.stdin.end(productModel(size, inner, half));
  });
}

/**
 * What the child runs. It is text rather than a file so that it works the same from sources and when
 * compiled.
 */
const CHILD = `
const [, runtime, provider, size, inner, repeats] = process.argv;
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', async () => {
  const answer = (probe) =>
    process.stdout.write('PROBE ' + JSON.stringify(probe) + '\\n', () => process.exit(0));
  try {
    const { InferenceSession, Tensor } = require(runtime);
    const fallback = provider === 'cpu' ? '0' : '1';
    const session = await InferenceSession.create(Buffer.concat(chunks), {
      executionProviders: [provider],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: fallback } },
    });
    const [n, k] = [Number(size), Number(inner)];
    const ones = (rows, columns) =>
      new Tensor('float32', new Float32Array(rows * columns).fill(1), [rows, columns]);
    const feeds = { a: ones(n, k), b: ones(k, n) };
    const times = [];
    for (let i = 0; i <= Number(repeats); i++) {
      const start = performance.now();
      const { c } = await session.run(feeds);
      if (i > 0) times.push(performance.now() - start);
      if (c.data.some((x) => x !== k))
        return answer({ works: false, reason: 'a product of matrices came out wrong' });
    }
    answer({ works: true, milliseconds: times.sort((a, b) => a - b)[times.length >> 1] });
  } catch (error) {
    answer({ works: false, reason: String(error.message).split('\\n')[0].replace(/^.* was false[.] /, '') });
  }
});`;

/** Terms of a sum that float16 can hold, but not add up one by one, nor eight at a time. */
const MANY = 32_768;

/** c = a b, [size, inner] x [inner, size], multiplied in float16 if `half`. */
function productModel(size: number, inner: number, half: boolean): Uint8Array {
  const { FLOAT, FLOAT16 } = onnx.TensorProto.DataType;
  const value = (name: string, shape: readonly number[]): onnx.IValueInfoProto => ({
    name,
    type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map((n) => ({ dimValue: n })) } } },
  });
  const cast = (from: string, name: string, to: number): onnx.INodeProto => ({
    opType: 'Cast',
    input: [from],
    output: [name],
    attribute: [{ name: 'to', type: onnx.AttributeProto.AttributeType.INT, i: to }],
  });
  const model = onnx.ModelProto.create({
    irVersion: 9,
    opsetImport: [{ domain: '', version: 18 }],
    graph: {
      name: 'probe',
      node: half
        ? [
            cast('a', 'half a', FLOAT16),
            cast('b', 'half b', FLOAT16),
            { opType: 'MatMul', input: ['half a', 'half b'], output: ['half c'] },
            cast('half c', 'c', FLOAT),
          ]
        : [{ opType: 'MatMul', input: ['a', 'b'], output: ['c'] }],
      input: [value('a', [size, inner]), value('b', [inner, size])],
      output: [value('c', [size, size])],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function reasonFrom(stderr: string): string | undefined {
  return stderr
    .split('\n')
    .find((line) => /error|fail|abort|fatal/i.test(line))
    ?.trim();
}

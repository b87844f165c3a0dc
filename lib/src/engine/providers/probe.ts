/**
 * Tries one ONNX Runtime provider on one matrix product, in a child process with a time limit. A broken
 * graphics driver aborts its process or hangs, and then only the child is lost.
 */
import { spawn } from 'node:child_process';
import { onnx } from 'onnx-proto';
import '../../privacy';

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
  /** Rows and columns of the matrices. */
  size?: number;
  /** Repeats after the first run. */
  repeats?: number;
  timeoutMs?: number;
}

/** Runs the product. A provider that gives a wrong result does not work either. Never throws. */
export function probeProvider(
  provider: NativeProvider,
  { size = 4, repeats = 1, timeoutMs = 2500 }: ProbeOptions = {},
): Promise<Probe> {
  let runtime: string;
  try {
    runtime = require.resolve('onnxruntime-node');
  } catch {
    return Promise.resolve({ works: false, reason: 'onnxruntime-node is not installed' });
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', CHILD, runtime, provider, String(size), String(repeats)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
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
    child.stdin.end(productModel(size));
  });
}

/**
 * What the child runs. It is text rather than a file so that it works the same from sources and when
 * compiled.
 */
const CHILD = `
const [, runtime, provider, size, repeats] = process.argv;
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
    const n = Number(size);
    const ones = new Tensor('float32', new Float32Array(n * n).fill(1), [n, n]);
    const times = [];
    for (let i = 0; i <= Number(repeats); i++) {
      const start = performance.now();
      const { c } = await session.run({ a: ones, b: ones });
      if (i > 0) times.push(performance.now() - start);
      if (c.data.some((x) => x !== n))
        return answer({ works: false, reason: 'a product of matrices came out wrong' });
    }
    answer({ works: true, milliseconds: times.sort((a, b) => a - b)[times.length >> 1] });
  } catch (error) {
    answer({ works: false, reason: String(error.message).split('\\n')[0].replace(/^.* was false[.] /, '') });
  }
});`;

/** c = a b, all size x size. */
function productModel(size: number): Uint8Array {
  const value = (name: string): onnx.IValueInfoProto => ({
    name,
    type: {
      tensorType: {
        elemType: onnx.TensorProto.DataType.FLOAT,
        shape: { dim: [{ dimValue: size }, { dimValue: size }] },
      },
    },
  });
  const model = onnx.ModelProto.create({
    irVersion: 9,
    opsetImport: [{ domain: '', version: 18 }],
    graph: {
      name: 'probe',
      node: [{ opType: 'MatMul', input: ['a', 'b'], output: ['c'] }],
      input: [value('a'), value('b')],
      output: [value('c')],
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

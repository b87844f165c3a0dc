/** Sessions of ONNX Runtime on the CPU that write their outputs only where the caller says. */
import * as ort from './onnxRuntime';
import type { Graph, Value, ValueDType } from '../graph';
import { writeOnnx } from '../onnx/writer';
import { workingBytes } from '../workingBytes';
import { type CInterface, cInterface, type Handle } from './cInterface';

/**
 * Logs only what ends the process. Errors arrive as exceptions; the runtime's own lines on standard error
 * would repeat them.
 */
const LOG_SEVERITY = 4;

export interface CpuSession {
  /** Reads `feeds`, writes into the arrays of `outputs`. */
  run(feeds: Tensors, outputs: Tensors): Promise<void>;
  release(): Promise<void>;
}

type Tensors = Readonly<Record<string, ort.Tensor>>;

/**
 * A session for a graph that needs no more passes. It uses the C interface if available, which gives the same
 * bytes sooner. With `profile`, the runtime's profiler runs; its file's name begins with that path, and the
 * file is whole once the session is released.
 */
export async function cpuSession(
  graph: Graph,
  name: string,
  threads: number,
  profile?: string,
): Promise<CpuSession> {
  const c = await cInterface();
  return c === undefined
    ? copyingSession(graph, name, threads, profile)
    : new BoundSession(c, graph, name, threads, profile);
}

/** Uses the calls of onnxruntime-node, which also copies each output. */
export async function copyingSession(
  graph: Graph,
  name: string,
  threads: number,
  profile?: string,
): Promise<CpuSession> {
  const session = await ort.InferenceSession.create(writeOnnx(graph, name), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Our passes have done all of this. The runtime's own took half of the time to build a session, and one
    // of them moves transposes to where they cost more (a 12-layer encoder's step was 4 % slower).
    graphOptimizationLevel: 'disabled',
    enableMemPattern: keepsPatterns(graph),
    logSeverityLevel: LOG_SEVERITY,
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  });
  return {
    run: async (feeds, outputs) =>
      void (await session.run(feeds, outputs, { logSeverityLevel: LOG_SEVERITY })),
    async release() {
      if (profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
}

/**
 * Larger programs run without the runtime's memory patterns. With them it keeps the pieces of the first run
 * beside one block for all later runs: twice the memory. That makes a recommender's step of 2 ms 2 to 8 %
 * faster, but not a language model's of 60 or 600 ms.
 */
function keepsPatterns(graph: Graph): boolean {
  return workingBytes(graph) < 64 * 2 ** 20;
}

/** Element types of the C interface (ONNXTensorElementDataType). */
const ELEMENT_TYPES: Readonly<Partial<Record<ValueDType, number>>> = { float32: 1, int32: 6, bool: 9 };
const GRAPH_OPTIMISATIONS_OFF = 0;
/** The default allocator, and memory that it does not own. */
const [ARENA_ALLOCATOR, DEFAULT_MEMORY] = [1, 0];

/** What all sessions of this process share; made with the first. */
let shared: { env: Handle; memory: Handle; runOptions: Handle } | undefined;

/** An input or output of the session. Only its array changes from run to run. */
interface Place {
  name: string;
  /** The name as a C string. */
  text: Buffer;
  shape: BigInt64Array;
  type: number;
}

class BoundSession implements CpuSession {
  private readonly session: Handle;
  private released = false;
  private readonly inputs: readonly Place[];
  private readonly outputs: readonly Place[];
  /** Addresses of the names, in order. */
  private readonly inputNames: BigUint64Array;
  private readonly outputNames: BigUint64Array;

  constructor(
    private readonly c: CInterface,
    graph: Graph,
    name: string,
    threads: number,
    profile?: string,
  ) {
    [this.inputs, this.outputs] = [graph.inputs, graph.outputs].map((values) =>
      Array.from(values, ([place, value]) => placeOf(place, value)),
    );
    [this.inputNames, this.outputNames] = [this.inputs, this.outputs].map((places) =>
      BigUint64Array.from(places, ({ text }) => c.addressOf(text)),
    );
    if (shared === undefined) {
      const runOptions = c.CreateRunOptions();
      c.RunOptionsSetRunLogSeverityLevel(runOptions, LOG_SEVERITY);
      shared = {
        env: c.CreateEnv(LOG_SEVERITY, 'elephant'),
        memory: c.CreateCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY),
        runOptions,
      };
    }
    const options = c.CreateSessionOptions();
    try {
      c.SetIntraOpNumThreads(options, threads);
      c.SetInterOpNumThreads(options, 1);
      c.SetSessionGraphOptimizationLevel(options, GRAPH_OPTIMISATIONS_OFF);
      c.SetSessionLogSeverityLevel(options, LOG_SEVERITY);
      // Otherwise the runtime's own threads reset what they take over from this one (see denormals.ts).
      c.AddSessionConfigEntry(options, 'session.set_denormal_as_zero', '1');
      if (!keepsPatterns(graph)) c.DisableMemPattern(options);
      if (profile !== undefined) c.EnableProfiling(options, profile);
      const { env } = shared;
      const model = writeOnnx(graph, name);
      this.session = c.flushed(() => c.CreateSessionFromArray(env, model, model.byteLength, options));
    } finally {
      c.ReleaseSessionOptions(options);
    }
  }

  async run(feeds: Tensors, outputs: Tensors): Promise<void> {
    // Without this turn of the event loop, a training would keep the process from everything else.
    await new Promise(setImmediate);
    if (this.released) throw new Error('the session was released');
    const given = new BigUint64Array(this.inputs.length);
    const written = new BigUint64Array(this.outputs.length);
    try {
      this.inputs.forEach((place, i) => (given[i] = this.value(place, feeds)));
      this.outputs.forEach((place, i) => (written[i] = this.value(place, outputs)));
      this.c.flushed(() =>
        this.c.Run(
          this.session,
          shared!.runOptions,
          this.inputNames,
          given,
          given.length,
          this.outputNames,
          written.length,
          written,
        ),
      );
    } finally {
      for (const values of [given, written])
        for (const value of values) if (value !== 0n) this.c.ReleaseValue(value);
    }
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    this.c.ReleaseSession(this.session);
  }

  /** A tensor of the runtime on the array's own memory. @throws if the array is missing or too short. */
  private value({ name, shape, type }: Place, tensors: Tensors): Handle {
    const array = tensors[name]?.data as Float32Array | undefined;
    if (array === undefined) throw new Error(`no tensor for "${name}"`);
    return this.c.CreateTensorWithDataAsOrtValue(
      shared!.memory,
      array,
      array.byteLength,
      shape,
      shape.length,
      type,
    );
  }
}

function placeOf(name: string, { shape, dtype }: Value): Place {
  const type = ELEMENT_TYPES[dtype];
  if (type === undefined) throw new Error(`"${name}": a session has no inputs or outputs of type ${dtype}`);
  return { name, text: Buffer.from(`${name}\0`), shape: BigInt64Array.from(shape, BigInt), type };
}

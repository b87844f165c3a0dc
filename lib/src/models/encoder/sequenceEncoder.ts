/**
 * Encodes many token sequences into one vector each, fast: longest first, packed into rows of few shapes, one
 * compilation per shape, and only the pooled tokens in the last layer. Reads a state that others may train,
 * so a table can be encoded again at every epoch (method 6.4). Writes no files: encodeTable.ts does.
 */
import { InputError } from '../../errors';
import type { CompiledProgram, Engine, Program, State } from '../../engine/types';
import type { EncoderConfig } from './config';
import { encoder } from './encoder';
import { type BatchShape, type EncoderSequence, encoderSpecs, packBatch, fillRows } from './packing';

export interface SequenceEncoderOptions {
  pooling?: 'first' | 'mean';
  /** Divide each vector by its length. */
  normalise?: boolean;
  padToken: number;
  /** Tokens per batch; by default about as many as keep the products at full speed within the cache. */
  batchTokens?: number;
  /** Most sequences per row. */
  slots?: number;
}

/**
 * Row lengths that programs are compiled for. A row is at most half as long again as needed. Short texts
 * share rows of 64, because attention within 64 tokens is cheap.
 */
const ROW_LENGTHS = [64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];

const DEFAULTS = { pooling: 'first', normalise: false, batchTokens: 1024, slots: 8 } as const;

export class SequenceEncoder {
  private readonly programs = new Map<number, Promise<{ program: CompiledProgram; shape: BatchShape }>>();
  private readonly options: Required<SequenceEncoderOptions>;

  constructor(
    private readonly engine: Engine,
    private readonly state: State,
    readonly config: EncoderConfig,
    options: SequenceEncoderOptions,
  ) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** Vectors of all sequences in the given order, row-major [sequences, hidden]. Runs in evaluation mode. */
  async encode(sequences: readonly EncoderSequence[]): Promise<Float32Array> {
    const out = new Float32Array(sequences.length * this.config.hidden);
    for await (const { indices, vectors } of this.batches(sequences)) {
      indices.forEach((i, k) =>
        out.set(
          vectors.subarray(k * this.config.hidden, (k + 1) * this.config.hidden),
          i * this.config.hidden,
        ),
      );
    }
    return out;
  }

  /** The same, batch by batch: which sequences, and their vectors in that order. */
  async *batches(
    sequences: readonly EncoderSequence[],
  ): AsyncGenerator<{ indices: number[]; vectors: Float32Array }> {
    const { hidden } = this.config;
    for (const { rowLength, members } of byRowLength(
      this.config,
      sequences.map(({ tokens }) => tokens.length),
    )) {
      const { program, shape } = await this.compiled(rowLength);
      const rows = fillRows(
        members.map((i) => sequences[i].tokens.length),
        rowLength,
        shape.slots,
      );
      for (let start = 0; start < rows.length; start += shape.rows) {
        const part = rows.slice(start, start + shape.rows);
        const local = part.flat();
        const renumbered = part.map((row) => row.map((i) => local.indexOf(i)));
        const chosen = local.map((i) => sequences[members[i]]);
        const { feeds, places } = packBatch(this.config, shape, renumbered, chosen, this.options.padToken);
        const { pooled } = await program.run(feeds);
        const vectors = new Float32Array(local.length * hidden);
        for (let k = 0; k < local.length; k++) {
          const vector = (pooled.data as Float32Array).subarray(places[k] * hidden, (places[k] + 1) * hidden);
          vectors.set(this.options.normalise ? unit(vector) : vector, k * hidden);
        }
        yield { indices: local.map((i) => members[i]), vectors };
      }
    }
  }

  async dispose(): Promise<void> {
    for (const entry of this.programs.values()) (await entry).program.dispose();
    this.programs.clear();
  }

  private compiled(rowLength: number): Promise<{ program: CompiledProgram; shape: BatchShape }> {
    let entry = this.programs.get(rowLength);
    if (entry === undefined) this.programs.set(rowLength, (entry = this.compile(rowLength)));
    return entry;
  }

  private async compile(rowLength: number): Promise<{ program: CompiledProgram; shape: BatchShape }> {
    const shape = shapeOf(this.options, rowLength);
    return {
      program: await this.engine.compile(
        encoderProgram(this.config, shape, this.options.pooling),
        this.state,
      ),
      shape,
    };
  }
}

/** What encode() runs for sequences of these lengths: shapes, and how many batches of each. */
export function encodingPlan(
  config: EncoderConfig,
  options: SequenceEncoderOptions,
  lengths: ArrayLike<number>,
): { shape: BatchShape; batches: number }[] {
  return byRowLength(config, lengths).map(({ rowLength, members }) => {
    const shape = shapeOf({ ...DEFAULTS, ...options }, rowLength);
    return {
      shape,
      batches: Math.ceil(
        fillRows(
          members.map((i) => lengths[i]),
          rowLength,
          shape.slots,
        ).length / shape.rows,
      ),
    };
  });
}

/**
 * Groups sequences by the shortest row length that holds them, so that a few long ones do not make all rows
 * long. Shortest first.
 */
function byRowLength(
  config: EncoderConfig,
  lengths: ArrayLike<number>,
): { rowLength: number; members: number[] }[] {
  const limit = config.positions - config.positionOffset;
  const groups = new Map<number, number[]>();
  for (let i = 0; i < lengths.length; i++) {
    const n = lengths[i];
    if (n < 1 || n > limit)
      throw new InputError('encode', `expected sequences of 1 to ${limit} tokens, got ${n} in sequence ${i}`);
    const rowLength = ROW_LENGTHS.find((length) => length >= n) ?? limit;
    const members = groups.get(rowLength) ?? [];
    members.push(i);
    groups.set(rowLength, members);
  }
  return [...groups.keys()]
    .sort((a, b) => a - b)
    .map((rowLength) => ({ rowLength, members: groups.get(rowLength)! }));
}

function shapeOf(
  { batchTokens, slots }: { batchTokens: number; slots: number },
  rowLength: number,
): BatchShape {
  return { rows: Math.max(1, Math.round(batchTokens / rowLength)), rowLength, slots };
}

/** Program: pooled vectors [rows * slots, hidden] of packed rows. */
export function encoderProgram(config: EncoderConfig, shape: BatchShape, pooling: 'first' | 'mean'): Program {
  return {
    name: `encode ${shape.rows} x ${shape.rowLength}`,
    inputs: encoderSpecs(config, shape),
    outputs: (params, inputs, context) => ({
      pooled: encoder(params, inputs, context, config, shape, { pooling, pooledOnly: true }).pooled,
    }),
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? vector.map((x) => x / length) : vector;
}

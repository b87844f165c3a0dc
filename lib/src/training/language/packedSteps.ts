/**
 * Runs a training program on batches of sequences whose packed size varies: each batch takes the next larger of few row counts,
 * and each row count is compiled once. Shared by all language stages.
 */
import type { Engine, Feeds, NamedHostTensors, State, TrainingProgram, TrainingStep } from '../../engine/types';
import { DENSE_ROW_LIMIT } from '../../models/encoder/attention';
import type { EncoderConfig } from '../../models/encoder/config';
import { type BatchShape, type EncoderSequence, type PackedBatch, packBatch, packRows } from '../../models/encoder/packing';

/** Row lengths of training programs are multiples of this; one is chosen per stage, by its longest sequence. */
const ROW_STEP = 32;

export interface PackedStepsOptions {
  engine: Engine;
  state: State;
  config: EncoderConfig;
  padToken: number;
  /** Tokens of the longest sequence that will come. */
  longest: number;
  program(shape: BatchShape): TrainingProgram;
}

export class PackedSteps {
  private readonly compiled = new Map<number, Promise<TrainingStep>>();
  private readonly row: Pick<BatchShape, 'rowLength' | 'slots'>;

  constructor(private readonly options: PackedStepsOptions) {
    this.row = rowFor(options.longest, options.config);
  }

  /** One update. `feeds` makes the program's other inputs from where the sequences went. */
  async run(
    sequences: readonly EncoderSequence[],
    feeds: (batch: PackedBatch, shape: BatchShape) => Feeds,
  ): Promise<{ loss: number; outputs: NamedHostTensors }> {
    const { rows, shape } = packed(sequences.map((s) => s.tokens.length), this.row);
    const batch = packBatch(this.options.config, shape, rows, sequences, this.options.padToken);
    return (await this.stepFor(shape)).run({ ...batch.feeds, ...feeds(batch, shape) });
  }

  /** Writes a snapshot back into the state, whose optimiser slots come into being with the first compiled step. */
  async restore(snapshot: NamedHostTensors): Promise<void> {
    const { state } = this.options;
    if (Object.keys(snapshot).some((name) => !(name in state.specs))) await this.stepFor({ ...this.row, rows: 1 });
    await state.restore(snapshot);
  }

  private stepFor(shape: BatchShape): Promise<TrainingStep> {
    let step = this.compiled.get(shape.rows);
    if (step === undefined) {
      step = this.options.engine.compileTraining(this.options.program(shape), this.options.state);
      this.compiled.set(shape.rows, step);
    }
    return step;
  }

  async dispose(): Promise<void> {
    for (const step of this.compiled.values()) (await step).dispose();
    this.compiled.clear();
  }
}

/** Row length and slots of a stage whose longest sequence has `longest` tokens. */
export function rowFor(longest: number, { positions, positionOffset, attention, window }: EncoderConfig): Pick<BatchShape, 'rowLength' | 'slots'> {
  // Long rows are computed in blocks of half a window, which must fill them.
  const step = attention === 'window' && longest > DENSE_ROW_LIMIT ? Math.max(ROW_STEP, window / 2) : ROW_STEP;
  const rowLength = Math.min(positions - positionOffset, Math.ceil(longest / step) * step);
  return { rowLength, slots: Math.min(32, Math.max(4, Math.ceil(rowLength / 12))) };
}

/** Which sequences share a row, and the shape of the batch that they make. */
export function packed(lengths: readonly number[], { rowLength, slots }: Pick<BatchShape, 'rowLength' | 'slots'>): { rows: number[][]; shape: BatchShape } {
  const rows = packRows(lengths, rowLength, slots);
  return { rows, shape: { rows: roundedUp(rows.length), rowLength, slots } };
}

/** The next of 1, 2, 3, 4, 6, 8, 12, 16, 24, ...: at most half as many rows again. */
function roundedUp(rows: number): number {
  for (let power = 1; ; power *= 2) {
    if (rows <= power) return power;
    if (rows <= (power * 3) / 2) return Math.ceil((power * 3) / 2);
  }
}

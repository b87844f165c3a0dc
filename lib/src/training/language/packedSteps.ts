/**
 * Runs a training program on batches of sequences whose packed size varies. Each batch takes the next larger
 * of few row counts (packedShapes.ts), and each row count is compiled once. Shared by all language stages.
 */
import type {
  Engine,
  Feeds,
  NamedHostTensors,
  State,
  TrainingProgram,
  TrainingStep,
} from '../../engine/types';
import type { EncoderConfig } from '../../models/encoder/config';
import {
  type BatchShape,
  type EncoderSequence,
  type EncoderBatch,
  packBatch,
} from '../../models/encoder/packing';
import { packed, type PackedShapes } from './packedShapes';

export interface PackedStepsOptions {
  engine: Engine;
  state: State;
  config: EncoderConfig;
  padToken: number;
  /** The shapes of the sequences that the steps will meet. */
  shapes: PackedShapes;
  program(shape: BatchShape): TrainingProgram;
}

export class PackedSteps {
  private readonly compiled = new Map<number, Promise<TrainingStep>>();

  constructor(private readonly options: PackedStepsOptions) {}

  /** One update. `feeds` makes the program's other inputs from where the sequences went. */
  async run(
    sequences: readonly EncoderSequence[],
    feeds: (batch: EncoderBatch, shape: BatchShape) => Feeds,
  ): Promise<{ loss: number; outputs: NamedHostTensors }> {
    const { rows, shape } = packed(
      sequences.map((s) => s.tokens.length),
      this.options.shapes,
    );
    const batch = packBatch(this.options.config, shape, rows, sequences, this.options.padToken);
    return (await this.stepFor(shape)).run({ ...batch.feeds, ...feeds(batch, shape) });
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

/**
 * Batches of stage-PT piece by piece, exact, for batches that memory does not hold (gradient caching: L. Gao
 * et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021). A piece is a few
 * packed rows. First all plain sequences are encoded, without keeping what a backward pass needs. The
 * contrastive loss of their vectors gives each vector's gradient. Then each piece is encoded again, in the
 * same way, with the same dropout, and takes its vectors' gradients back through the encoder. The masked
 * copies need no other piece.
 */
import { sumGradients } from '../../engine/optimizers';
import type { CompiledProgram, State, TrainingStep } from '../../engine/types';
import type { BatchShape, EncoderSequence, EncoderBatch } from '../../models/encoder/packing';
import { packBatch, fillRows } from '../../models/encoder/packing';
import { contrastiveProgram, vectorsProgram } from './cachedGradients';
import { labelFeeds, labelPlaces, paddedLabelPlaces } from './labelFeeds';
import { packedShapes } from './packedShapes';
import { bothSides, chunks } from './pretrainingBatches';
import { pretrainingProgram } from './pretrainingProgram';
import {
  type DrawnBatch,
  maskedSides,
  type PretrainSteps,
  type PretrainStepsInput,
  type UpdateFeeds,
} from './pretrainSteps';

interface Programs {
  vectors: TrainingStep;
  masked: TrainingStep;
  contrastive: CompiledProgram;
  /** The contrastive loss has no weights. */
  empty: State;
}

export class BatchesInPieces implements PretrainSteps {
  private readonly shape: BatchShape;
  private readonly labels: number;
  private compiled?: Promise<Programs>;

  constructor(
    private readonly input: PretrainStepsInput,
    tokensAtOnce: number,
  ) {
    const { config, sampled, longest, settings } = input;
    const { rowLength, slots } = packedShapes(config, sampled, longest);
    const rows = Math.max(1, Math.floor(tokensAtOnce / rowLength));
    this.shape = { rows, rowLength, slots };
    this.labels =
      settings.maskBudget === 'real'
        ? labelPlaces(this.shape, 1, rows * slots)
        : paddedLabelPlaces(this.shape, 1, rows * slots, longest);
  }

  async run({ pairs, masked }: DrawnBatch, { learningRate, update }: UpdateFeeds): Promise<number> {
    const { group, settings } = this.input;
    const programs = await this.programs();
    const plain = bothSides(pairs);
    const pieces = this.pieces(plain);
    const { loss, gradients } = await this.contrast(programs, pieces, pairs.length);
    for (const piece of pieces) {
      const gradient = this.gradientsOf(piece, gradients);
      await programs.vectors.run({ ...piece.feeds, gradient, learningRate, update: 0 });
    }
    // The mean over the batches of an update.
    const sides = maskedSides(masked, 0, settings.maskedWeight / group);
    const copies = this.pieces(plain.map((side, i) => ({ ...side, tokens: masked[i].tokens })));
    let maskedLoss = 0;
    // Last, because only these steps have a gradient for every weight.
    for (const [i, piece] of copies.entries()) {
      const result = await programs.masked.run({
        ...piece.feeds,
        ...labelFeeds(this.labels, piece, sides),
        learningRate,
        update: i === copies.length - 1 ? update : 0,
      });
      maskedLoss += group * result.loss;
    }
    return loss + maskedLoss;
  }

  async dispose(): Promise<void> {
    if (this.compiled === undefined) return;
    const { vectors, masked, contrastive, empty } = await this.compiled;
    for (const each of [vectors, masked, contrastive, empty]) each.dispose();
  }

  private programs(): Promise<Programs> {
    return (this.compiled ??= this.compile());
  }

  private async compile(): Promise<Programs> {
    const { engine, state, config, settings, trainable } = this.input;
    const options = {
      optimizer: sumGradients(this.input.optimizer),
      trainable,
      recompute: settings.recompute,
    };
    const empty = engine.createState({});
    return {
      vectors: await engine.compileTraining(vectorsProgram(config, this.shape, options), state),
      masked: await engine.compileTraining(
        pretrainingProgram(config, { ...this.shape, labels: this.labels, pairs: 0 }, options),
        state,
      ),
      contrastive: await engine.compile(contrastiveProgram(settings.batch, config.hidden), empty),
      empty,
    };
  }

  private pieces(sequences: readonly EncoderSequence[]): EncoderBatch[] {
    const { config, padToken } = this.input;
    const { rows, rowLength, slots } = this.shape;
    const lengths = sequences.map(({ tokens }) => tokens.length);
    return chunks(fillRows(lengths, rowLength, slots), rows).map((part) =>
      packBatch(config, this.shape, part, sequences, padToken),
    );
  }

  /** Loss of the batch, and the gradients of all vectors: first sides, then second sides. */
  private async contrast(
    { vectors, contrastive }: Programs,
    pieces: readonly EncoderBatch[],
    pairs: number,
  ): Promise<{ loss: number; gradients: Float32Array[] }> {
    const { batch } = this.input.settings;
    const { hidden } = this.input.config;
    const encoded: Float32Array[] = [];
    const gradient = new Float32Array(this.shape.rows * this.shape.slots * hidden);
    for (const [ahead, piece] of pieces.entries()) {
      const { pooled } = (await vectors.forward({ ...piece.feeds, gradient }, ahead)).outputs;
      piece.places.forEach((place, i) => {
        if (place >= 0) encoded[i] = row(pooled.data as Float32Array, place, hidden);
      });
    }
    // Places without a pair hold copies of the first and have weight 0.
    const side = (first: number): Float32Array => {
      const all = new Float32Array(batch * hidden);
      for (let i = 0; i < batch; i++) all.set(encoded[first + (i < pairs ? i : 0)], i * hidden);
      return all;
    };
    const result = await contrastive.run({
      users: side(0),
      items: side(pairs),
      pairWeights: Float32Array.from({ length: batch }, (_, i) => (i < pairs ? 1 : 0)),
    });
    const gradients = [result.ofUsers, result.ofItems].flatMap(({ data }) =>
      Array.from({ length: pairs }, (_, i) => row(data as Float32Array, i, hidden)),
    );
    return { loss: result.loss.data[0], gradients };
  }

  /**
   * The gradients of a piece's vectors, at the vectors' places, as their share of the mean over the update's
   * batches.
   */
  private gradientsOf({ places }: EncoderBatch, gradients: readonly Float32Array[]): Float32Array {
    const { group, config } = this.input;
    const all = new Float32Array(this.shape.rows * this.shape.slots * config.hidden);
    places.forEach((place, i) => {
      if (place >= 0)
        all.set(
          gradients[i].map((x) => x / group),
          place * config.hidden,
        );
    });
    return all;
  }
}

function row(matrix: Float32Array, i: number, width: number): Float32Array {
  return matrix.subarray(i * width, (i + 1) * width);
}

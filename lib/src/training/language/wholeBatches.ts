/** Batches of stage-PT as one step each: both sides of all pairs, plain and masked, in one packed batch. */
import { accumulateGradients } from '../../engine/optimizers';
import type { Feeds } from '../../engine/types';
import type { BatchShape, EncoderBatch } from '../../models/encoder/packing';
import { labelFeeds, labelPlaces, paddedLabelPlaces } from './labelFeeds';
import { packedShapes } from './packedShapes';
import { PackedSteps } from './packedSteps';
import { bothSides } from './pretrainingBatches';
import { pretrainingProgram } from './pretrainingProgram';
import {
  type DrawnBatch,
  maskedSides,
  type PretrainSteps,
  type PretrainStepsInput,
  type UpdateFeeds,
} from './pretrainSteps';

export class WholeBatches implements PretrainSteps {
  private readonly steps: PackedSteps;

  constructor(private readonly input: PretrainStepsInput) {
    const { engine, state, config, padToken, settings, sampled, longest, optimizer, trainable, group } =
      input;
    this.steps = new PackedSteps({
      engine,
      state,
      config,
      padToken,
      shapes: packedShapes(config, sampled, longest),
      program: (shape) =>
        pretrainingProgram(
          config,
          { ...shape, labels: this.labelPlaces(shape), pairs: settings.batch },
          { optimizer: accumulateGradients(optimizer, group), trainable, recompute: settings.recompute },
        ),
    });
  }

  async run({ pairs, masked }: DrawnBatch, { learningRate }: UpdateFeeds): Promise<number> {
    const { batch, maskedWeight } = this.input.settings;
    const plain = bothSides(pairs);
    const sequences = [...plain, ...plain.map((side, i) => ({ ...side, tokens: masked[i].tokens }))];
    const { loss } = await this.steps.run(sequences, (packed, shape) => ({
      ...labelFeeds(this.labelPlaces(shape), packed, maskedSides(masked, plain.length, maskedWeight)),
      ...pairFeeds(packed, pairs.length, batch),
      learningRate,
    }));
    return loss;
  }

  dispose(): Promise<void> {
    return this.steps.dispose();
  }

  /** Half of a batch's tokens are masked copies, of both sides of each pair. */
  private labelPlaces(shape: BatchShape): number {
    const {
      longest,
      settings: { maskBudget, batch },
    } = this.input;
    return maskBudget === 'real'
      ? labelPlaces(shape, 0.5, 2 * batch)
      : paddedLabelPlaces(shape, 0.5, 2 * batch, longest);
  }
}

/** Where the two sides of `n` pairs went. Unused places of `batch` have weight 0. */
function pairFeeds({ places }: EncoderBatch, n: number, batch: number): Feeds {
  return {
    users: Int32Array.from({ length: batch }, (_, i) => places[i < n ? i : 0]),
    items: Int32Array.from({ length: batch }, (_, i) => places[i < n ? n + i : n]),
    pairWeights: Float32Array.from({ length: batch }, (_, i) => (i < n ? 1 : 0)),
  };
}

/**
 * A recommender as the trainer sees it: state, compiled steps by shape, batches of an epoch, validation.
 * Holds the engine's objects of one run; trainWithOptions makes and disposes it.
 */
import type { Dataset } from '../../data';
import type { Engine, NamedHostTensors, State, TrainingStep } from '../../engine/types';
import { evaluate, type Evaluation } from '../../evaluation/evaluate';
import type { EvaluateOptions } from '../../evaluation/options';
import { flatMetrics, type ValidationMetric } from '../../evaluation/validationMetrics';
import type { RecommenderLoss } from '../losses';
import type { Trainee } from '../trainer';
import type { Batch } from './batch';
import { type ModelRanker, modelRanker } from './modelRanker';
import { evaluationOptions, type RecommenderOptions } from './options';
import { trainingProgram } from './programs';
import { type EpochBatches, recommenderBatches } from './recommenderBatches';
import type { StartingPoint } from './variants';

/** What a run is made from. */
export interface TraineeInput {
  engine: Engine;
  dataset: Dataset;
  options: RecommenderOptions;
  start: StartingPoint;
  /** In place of the loss that the options name. */
  ownLoss?: RecommenderLoss;
}

export class RecommenderTrainee implements Trainee {
  private readonly steps = new Map<string, TrainingStep>();
  private readonly batchesOf: (epoch: number) => EpochBatches;

  private constructor(
    private readonly input: TraineeInput,
    private readonly state: State,
    private readonly ranker: ModelRanker,
  ) {
    this.batchesOf = recommenderBatches(input.dataset, input.options, input.ownLoss);
  }

  /** Always `dispose` it. */
  static async open(input: TraineeInput): Promise<RecommenderTrainee> {
    const { engine, dataset, options, start } = input;
    const state = engine.createState(start.tensors);
    return new RecommenderTrainee(input, state, await modelRanker(engine, state, dataset, options));
  }

  async trainEpoch(
    epoch: number,
    onStep: (done: number, total: number, loss: number) => Promise<void>,
    from: number,
  ): Promise<void> {
    const { total, batches } = this.batchesOf(epoch);
    let done = 0;
    for (const batch of batches) {
      if (++done <= from) continue;
      const { loss } = await (await this.stepFor(batch)).run(batch.feeds);
      await onStep(done, total, loss);
      // The engine's runs may resolve without leaving the thread, so give signals and displays their turn.
      await new Promise(setImmediate);
    }
  }

  async validate(): Promise<Record<ValidationMetric, number>> {
    return flatMetrics((await this.evaluate({ split: 'validation' })).metrics);
  }

  /** Ranks with the weights that the state holds now. */
  evaluate(how: EvaluateOptions): Promise<Evaluation> {
    const { dataset, options } = this.input;
    this.ranker.refresh();
    return evaluate(dataset, this.ranker, { ...evaluationOptions(options), ...how });
  }

  weights(): Promise<NamedHostTensors> {
    return this.state.snapshot((name) => Object.hasOwn(this.input.start.tensors, name));
  }

  snapshot(): Promise<NamedHostTensors> {
    return this.state.snapshot();
  }

  restore(saved: NamedHostTensors): Promise<void> {
    return this.state.restore(saved);
  }

  dispose(): void {
    for (const step of this.steps.values()) step.dispose();
    this.ranker.dispose();
    this.state.dispose();
  }

  private async stepFor({ rows, labelled = 0 }: Batch): Promise<TrainingStep> {
    const { engine, dataset, options, start, ownLoss } = this.input;
    const key = `${rows}/${labelled}`;
    let step = this.steps.get(key);
    if (step === undefined) {
      const shape = { items: dataset.items, trainable: start.trainable, rows, labelled, loss: ownLoss };
      step = await engine.compileTraining(trainingProgram(options, shape), this.state);
      this.steps.set(key, step);
    }
    return step;
  }
}

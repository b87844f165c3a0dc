/**
 * A recommender as the trainer sees it: state, compiled steps by shape, batches of an epoch, validation.
 * Holds the engine's objects of one run; trainWithOptions makes and disposes it.
 */
import type { Dataset } from '../../data';
import type {
  Engine,
  NamedHostTensors,
  NamedSpecs,
  State,
  TrainingProgram,
  TrainingStep,
} from '../../engine/types';
import { evaluate, type Evaluation } from '../../evaluation/evaluate';
import type { EvaluateOptions } from '../../evaluation/options';
import { flatMetrics, type ValidationMetric } from '../../evaluation/validationMetrics';
import type { RecommenderLoss } from '../losses';
import type { Trainee } from '../trainer';
import { batchPieces } from './batchPieces';
import { type ModelRanker, modelRanker } from './modelRanker';
import type { StepShape } from './models/model';
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
  /** As in TrainingInput. */
  pieces?: number;
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
    const { pieces = 1, options } = this.input;
    const inputsOf = (shape: StepShape): NamedSpecs => this.program(shape).inputs;
    let done = 0;
    for (const batch of batches) {
      if (++done <= from) continue;
      let loss = 0;
      for (const piece of batchPieces(batch, pieces, options.maxLength, inputsOf))
        loss += (await (await this.stepFor(piece)).run(piece.feeds)).loss / pieces;
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

  private program({ rows, labelled = 0 }: StepShape): TrainingProgram {
    const { dataset, options, start, ownLoss: loss, pieces } = this.input;
    const { items } = dataset;
    return trainingProgram(options, { items, trainable: start.trainable, rows, labelled, loss, pieces });
  }

  private async stepFor(shape: StepShape): Promise<TrainingStep> {
    const key = `${shape.rows}/${shape.labelled}`;
    let step = this.steps.get(key);
    if (step === undefined) {
      step = await this.input.engine.compileTraining(this.program(shape), this.state);
      this.steps.set(key, step);
    }
    return step;
  }
}

/**
 * A recommender as the trainer sees it: state, compiled steps by shape, batches of an epoch, validation.
 * Holds the engine's objects of one run; trainRecommender makes and disposes it.
 */
import type { Dataset } from '../../data';
import type { Engine, NamedHostTensors, State, TrainingStep } from '../../engine/types';
import { evaluate, type Evaluation } from '../../evaluation/evaluate';
import type { EvaluateOptions } from '../../evaluation/options';
import { flatMetrics } from '../../evaluation/validationMetrics';
import type { RecommenderLoss } from '../losses';
import type { Trainee } from '../trainer';
import type { Batch } from './batch';
import { modelRanker } from './modelRanker';
import { evaluationOptions, type RecommenderOptions } from './options';
import { trainingProgram } from './programs';
import { recommenderBatches } from './recommenderBatches';
import type { StartingPoint } from './variants';

export interface RecommenderTrainee extends Trainee {
  readonly state: State;
  evaluate(options: EvaluateOptions): Promise<Evaluation>;
  dispose(): void;
}

export async function recommenderTrainee(
  engine: Engine,
  dataset: Dataset,
  options: RecommenderOptions,
  { tensors, trainable }: StartingPoint,
  ownLoss?: RecommenderLoss,
): Promise<RecommenderTrainee> {
  const state = engine.createState(tensors);
  const weightNames = new Set(Object.keys(tensors));
  const protocol = evaluationOptions(options);
  const steps = new Map<string, TrainingStep>();
  const ranker = await modelRanker(engine, state, dataset, options);

  const stepFor = async ({ rows, labelled = 0 }: Batch): Promise<TrainingStep> => {
    const key = `${rows}/${labelled}`;
    let step = steps.get(key);
    if (step === undefined) {
      step = await engine.compileTraining(
        trainingProgram(options, { items: dataset.items, trainable, rows, labelled, loss: ownLoss }),
        state,
      );
      steps.set(key, step);
    }
    return step;
  };

  const batchesOfEpoch = recommenderBatches(dataset, options, ownLoss);

  return {
    state,
    async trainEpoch(epoch, onStep, from) {
      const { total, batches } = batchesOfEpoch(epoch);
      let done = 0;
      for (const batch of batches) {
        if (++done <= from) continue;
        const { loss } = await (await stepFor(batch)).run(batch.feeds);
        await onStep(done, total, loss);
        // The engine's runs may resolve without leaving the thread, so give signals and displays their turn.
        await new Promise(setImmediate);
      }
    },
    async validate() {
      ranker.refresh();
      const { metrics } = await evaluate(dataset, ranker, { ...protocol, split: 'validation' });
      return flatMetrics(metrics);
    },
    evaluate(evaluation) {
      ranker.refresh();
      return evaluate(dataset, ranker, { ...protocol, ...evaluation });
    },
    weights: (): Promise<NamedHostTensors> => state.snapshot((name) => weightNames.has(name)),
    snapshot: () => state.snapshot(),
    restore: (saved) => state.restore(saved),
    dispose() {
      for (const step of steps.values()) step.dispose();
      ranker.dispose();
      state.dispose();
    },
  };
}

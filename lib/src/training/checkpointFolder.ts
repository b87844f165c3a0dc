/**
 * Keeps a training run in a folder between interruptions: what the trainer and the engine need to resume to
 * the bit, and the best weights so far by each metric. A folder of another run is refused. The caller says
 * what a run depends on: recommenders in recommender/recommenderCheckpoint.ts, language stages by the key of
 * the stage (pipeline/unfinishedStage.ts).
 */
import { type CheckpointIdentity, loadCheckpoint, saveCheckpoint } from '../engine/checkpoint/checkpoint';
import { underPrefix, withPrefix } from '../engine/prefixes';
import type { NamedHostTensors } from '../engine/types';
import { libraryVersion } from '../project';
import type { BestEpoch } from './bestWeights';
import type { TrainerState, TrainingCheckpoint } from './trainingCheckpoint';

/** Prefix of the names of best weights; the trainer's own tensors have none. */
const BEST = '/best/';
const ALSO = '/also/';
/** Most updates of an epoch, so that a file's number grows from one save to the next. */
const MOST_UPDATES = 1e6;

/**
 * A TrainingCheckpoint in `folder`. `identity` says what the run depends on; a folder of another run is
 * refused. `warn` gets a line if a damaged file was skipped in favour of the one before it.
 * @throws InputError, on loading, for a folder of another run.
 */
export function checkpointFolder(
  folder: string,
  identity: CheckpointIdentity,
  warn?: (line: string) => void,
): TrainingCheckpoint {
  // As it will be read back, without absent keys.
  const json = JSON.parse(JSON.stringify(identity)) as CheckpointIdentity;
  return {
    async load() {
      const found = await loadCheckpoint(folder, json, { damaged: 'previous', warn });
      if (found === undefined) return undefined;
      const state = fromJson(found.progress as unknown as KeptState);
      const tensors = Object.fromEntries(
        Object.entries(found.tensors).filter(([name]) => !name.startsWith(BEST) && !name.startsWith(ALSO)),
      );
      const also = Object.fromEntries(
        Object.keys(state.also ?? {})
          .map((metric) => [metric, underPrefix(`${ALSO}${metric}/`, found.tensors)] as const)
          .filter(([, weights]) => Object.keys(weights).length > 0),
      );
      return { state, tensors, best: underPrefix(BEST, found.tensors), also };
    },
    async save(state, tensors, best, also) {
      const others = Object.entries(also).map(([metric, weights]) =>
        withPrefix(`${ALSO}${metric}/`, weights),
      );
      await saveCheckpoint(folder, {
        ...json,
        tensors: Object.assign({ ...tensors, ...withPrefix(BEST, best) }, ...others) as NamedHostTensors,
        step: state.epoch * MOST_UPDATES + (state.begun?.steps ?? 0),
        progress: { ...toJson(state) },
        versions: { elephant: libraryVersion() },
      });
    },
  };
}

type KeptBest = { bestEpoch: number; bestMetric: number | null };
type KeptState = Omit<TrainerState, keyof BestEpoch | 'also'> &
  KeptBest & { also?: Record<string, KeptBest> };

/** JSON has no -Infinity, which is the best value before the first validation. */
function toJson(state: TrainerState): KeptState {
  const kept = ({ bestEpoch, bestMetric }: BestEpoch): KeptBest => ({
    bestEpoch,
    bestMetric: bestMetric === -Infinity ? null : bestMetric,
  });
  return { ...state, ...kept(state), also: mapped(state.also, kept) };
}

function fromJson(state: KeptState): TrainerState {
  const read = ({ bestEpoch, bestMetric }: KeptBest): BestEpoch => ({
    bestEpoch,
    bestMetric: bestMetric ?? -Infinity,
  });
  const { also, ...rest } = state;
  return { ...rest, ...read(state), ...(also && { also: mapped(also, read) }) };
}

function mapped<A, B>(
  values: Record<string, A> | undefined,
  make: (value: A) => B,
): Record<string, B> | undefined {
  return values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value)]));
}

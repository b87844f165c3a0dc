/**
 * Keeps a language stage in a folder between interruptions, after every epoch: what the trainer and the engine need to go on to
 * the bit, and the best weights so far by each metric. A folder of another run is refused. Made by whoever runs the stage.
 */
import { loadCheckpoint, saveCheckpoint } from '../../engine/checkpoint';
import type { NamedHostTensors } from '../../engine/types';
import { libraryVersion } from '../../project';
import type { TrainerState, TrainingCheckpoint } from '../trainer';

/** What the run depends on: its options, and hashes of its inputs (modelFingerprint, dataset.fingerprint, engine.description). */
export interface StageIdentity {
  configuration: Record<string, unknown>;
  fingerprint: Record<string, string>;
}

/** Fronts of the names of best weights; the trainer's own tensors have none. */
const BEST = '/best/';
const ALSO = '/also/';

/** `warn` gets a line when a damaged file was passed over for the one before it. */
export function stageCheckpoint(folder: string, identity: StageIdentity, warn?: (line: string) => void): TrainingCheckpoint {
  const json = JSON.parse(JSON.stringify(identity)) as StageIdentity;
  return {
    async load() {
      const found = await loadCheckpoint(folder, json, { damaged: 'previous', warn });
      if (found === undefined) return undefined;
      const state = found.progress as unknown as TrainerState;
      const part = (prefix: string): NamedHostTensors =>
        Object.fromEntries(Object.entries(found.tensors).filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]));
      const tensors = Object.fromEntries(Object.entries(found.tensors).filter(([name]) => !name.startsWith(BEST) && !name.startsWith(ALSO)));
      const also = Object.fromEntries(Object.keys(state.also ?? {}).map((metric) => [metric, part(`${ALSO}${metric}/`)]).filter(([, weights]) => Object.keys(weights).length > 0));
      return { state, tensors, best: part(BEST), also: also as Record<string, NamedHostTensors> };
    },
    async save(state, tensors, best, also) {
      const marked = (prefix: string, weights: NamedHostTensors): NamedHostTensors => Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [prefix + name, tensor]));
      const others = Object.entries(also).map(([metric, weights]) => marked(`${ALSO}${metric}/`, weights));
      await saveCheckpoint(folder, {
        ...json,
        tensors: Object.assign({ ...tensors, ...marked(BEST, best) }, ...others) as NamedHostTensors,
        step: state.epoch,
        progress: { ...state },
        versions: { elephant: libraryVersion() },
      });
    },
  };
}

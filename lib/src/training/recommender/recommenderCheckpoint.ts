/**
 * Keeps a recommender's training run in a folder between interruptions, after every epoch: what the trainer and the engine need
 * to go on to the bit, and the best weights so far. A folder of another run (options, dataset, table) is refused.
 */
import { createHash } from 'node:crypto';
import type { Dataset } from '../../data';
import { loadCheckpoint, saveCheckpoint } from '../../engine/checkpoint';
import type { NamedHostTensors } from '../../engine/types';
import { libraryVersion } from '../../project';
import type { ItemTable } from '../../text/itemTable';
import type { TrainerState, TrainingCheckpoint } from '../trainer';
import type { RecommenderOptions } from './options';

const BEST = '/best/';

/** What a run depends on besides its options. */
export interface RunInputs {
  dataset: Dataset;
  table?: ItemTable;
  start?: NamedHostTensors;
  /** The engine's description: provider and threads decide the last bits. */
  engine: string;
}

/** The effective `options` and all `inputs` must be those of the run that wrote the folder. `warn` gets a line when a damaged file was passed over. */
export function recommenderCheckpoint(folder: string, options: RecommenderOptions, inputs: RunInputs, warn?: (line: string) => void): TrainingCheckpoint {
  const identity = {
    configuration: { ...options },
    fingerprint: {
      dataset: inputs.dataset.fingerprint,
      engine: inputs.engine,
      table: inputs.table === undefined ? 'none' : digest([inputs.table.data]),
      start: inputs.start === undefined ? 'none' : digest(Object.keys(inputs.start).sort().map((name) => inputs.start![name].data)),
    },
  };
  return {
    async load() {
      const found = await loadCheckpoint(folder, identity, { damaged: 'previous', warn });
      if (found === undefined) return undefined;
      const tensors: NamedHostTensors = {};
      const best: NamedHostTensors = {};
      for (const [name, tensor] of Object.entries(found.tensors)) {
        if (name.startsWith(BEST)) best[name.slice(BEST.length)] = tensor;
        else tensors[name] = tensor;
      }
      return { state: found.progress as unknown as TrainerState, tensors, best };
    },
    async save(state, tensors, best) {
      const marked = Object.fromEntries(Object.entries(best).map(([name, tensor]) => [BEST + name, tensor]));
      await saveCheckpoint(folder, {
        ...identity,
        tensors: { ...tensors, ...marked },
        step: state.epoch,
        progress: { ...state },
        versions: { elephant: libraryVersion() },
      });
    },
  };
}

function digest(arrays: ArrayBufferView[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

/**
 * Where a recommender's training run is kept after every epoch: a folder that refuses a run with other
 * options, dataset or table.
 */
import { createHash } from 'node:crypto';
import type { Dataset } from '../../data';
import type { NamedHostTensors } from '../../engine/types';
import type { ItemTable } from '../../text/itemTable';
import type { RecommenderLoss } from '../losses';
import { checkpointFolder } from '../checkpointFolder';
import type { TrainingCheckpoint } from '../trainingCheckpoint';
import type { RecommenderOptions } from './options';

/** What a run depends on besides its options. */
export interface RunInputs {
  dataset: Dataset;
  table?: ItemTable;
  start?: NamedHostTensors;
  /** A user's loss. It counts as the same if its functions have the same text. */
  ownLoss?: RecommenderLoss;
  /** Parts of a batch (TrainingInput). */
  pieces: number;
  /** The engine's description: provider and threads decide the last bits. */
  engine: string;
}

/**
 * The effective `options` and all `inputs` must be those of the run that wrote the folder. `warn` gets a line
 * if a damaged file was skipped.
 */
export function recommenderCheckpoint(
  folder: string,
  options: RecommenderOptions,
  inputs: RunInputs,
  warn?: (line: string) => void,
): TrainingCheckpoint {
  const identity = {
    configuration: { ...options },
    fingerprint: {
      dataset: inputs.dataset.fingerprint,
      engine: inputs.engine,
      table: inputs.table === undefined ? 'none' : digest([inputs.table.data]),
      start:
        inputs.start === undefined
          ? 'none'
          : digest(
              Object.keys(inputs.start)
                .sort()
                .map((name) => inputs.start![name].data),
            ),
      ...(inputs.pieces > 1 && { pieces: String(inputs.pieces) }),
      ...(inputs.ownLoss !== undefined && { loss: digest([Buffer.from(sourceOf(inputs.ownLoss))]) }),
    },
  };
  return checkpointFolder(folder, identity, warn);
}

/** The source of an object, with functions as their text. */
function sourceOf(loss: RecommenderLoss): string {
  return JSON.stringify(loss, (_, value: unknown) => (typeof value === 'function' ? String(value) : value));
}

function digest(arrays: ArrayBufferView[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays)
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

/**
 * Checkpoints of a training run: everything the state holds (weights, optimiser slots, step counter) and what
 * it belongs to, in one safetensors file that carries its own SHA-256. The last two are kept, so that one
 * damaged file never costs a run. It knows nothing of schedules or models.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors';
import { writeAll, writeAside } from '../../writeAside';
import { differences } from './differences';
import { sealedParts, sealProblem } from './seal';
import { decodeSafetensors } from '../safetensors/safetensors';
import type { NamedHostTensors } from '../types';

/** What a checkpoint belongs to. It is only loaded into a run for which both parts are the same. */
export interface CheckpointIdentity {
  /** The effective configuration, nested as it is. Every value must survive JSON. */
  configuration: Readonly<Record<string, unknown>>;
  /** Hashes of everything else the run depends on: data, program, earlier stages. */
  fingerprint: Readonly<Record<string, string>>;
}

export interface Checkpoint extends CheckpointIdentity {
  /** The snapshot of a State: float32, int32 and bool tensors by name. */
  tensors: NamedHostTensors;
  /** Updates done so far; names the file. */
  step: number;
  /**
   * What the trainer needs besides the tensors (epoch, patience, best metric). Kept as it is, never compared.
   */
  progress: Readonly<Record<string, unknown>>;
  /** Versions of the programs that wrote it, for people; never compared. */
  versions: Readonly<Record<string, string>>;
}

export interface LoadOptions {
  /**
   * What to do if the newest file is damaged: throw a CheckpointError that offers the previous one (default),
   * or take the previous one and say so through `warn`.
   */
  damaged?: 'refuse' | 'previous';
  warn?: (line: string) => void;
}

/**
 * A checkpoint that cannot be used. `previous` is the path of an older one that is whole and belongs to the
 * run.
 */
export class CheckpointError extends InputError {
  constructor(
    where: string,
    problem: string,
    advice: string,
    readonly previous?: string,
  ) {
    super(where, problem, advice);
  }
}

const FORMAT = 'elephant-checkpoint-1';
/** Files of a folder that are kept. */
const KEPT = 2;
const FILE = /^step-(\d{12})\.safetensors$/;

/**
 * Writes `folder/step-<step>.safetensors` (aside, synced, renamed), then removes all but the newest two
 * files. Files of later steps belong to a future that a resumed run has left, so they are removed too.
 * Returns the path.
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const { tensors, step, ...about } = checkpoint;
  if (!Number.isSafeInteger(step) || step < 0 || step >= 1e12)
    throw new RangeError(`saveCheckpoint: expected a step in [0, 1e12), got ${step}`);
  const json = JSON.stringify({ step, ...about }, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new TypeError(`saveCheckpoint: expected finite numbers, got ${value} at "${key}"`);
    return value;
  });
  await mkdir(folder, { recursive: true });
  const path = join(folder, `step-${String(step).padStart(12, '0')}.safetensors`);
  const parts = sealedParts(tensors, { format: FORMAT, checkpoint: json });
  await writeAside(path, async (file) => {
    for (const part of parts) await writeAll(file, part);
  });
  const files = await listCheckpoints(folder);
  const past = files.filter((file) => file.step <= step);
  const stale = [...files.filter((file) => file.step > step), ...past.slice(0, -KEPT)];
  await Promise.all(stale.map((file) => rm(file.path, { force: true })));
  return path;
}

/**
 * The checkpoints of a folder by step, oldest first. Nothing is read or checked. An absent folder has none.
 */
export async function listCheckpoints(folder: string): Promise<{ path: string; step: number }[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const match = FILE.exec(name);
      return match === null ? [] : [{ path: join(folder, name), step: Number(match[1]) }];
    })
    .sort((a, b) => a.step - b.step);
}

/**
 * The newest checkpoint of a folder, verified; undefined if there is none.
 * @throws CheckpointError if it is damaged (see LoadOptions), or was written by a run of another
 * configuration or on other data; the message names the keys that differ.
 */
export async function loadCheckpoint(
  folder: string,
  expected: CheckpointIdentity,
  options: LoadOptions = {},
): Promise<Checkpoint | undefined> {
  const [newest, ...older] = (await listCheckpoints(folder)).reverse();
  if (newest === undefined) return undefined;
  const read = await readCheckpoint(newest.path, expected);
  if ('checkpoint' in read) return read.checkpoint;
  for (const { path } of older) {
    const previous = await readCheckpoint(path, expected);
    if (!('checkpoint' in previous)) continue;
    if (read.damaged && options.damaged === 'previous') {
      options.warn?.(
        `${newest.path}: ${read.problem}; resuming from the previous checkpoint, step ` +
          `${previous.checkpoint.step}`,
      );
      return previous.checkpoint;
    }
    throw new CheckpointError(
      newest.path,
      read.problem,
      `The previous one, ${path}, is whole and of this run: remove the file named first to resume from it`,
      path,
    );
  }
  const advice = read.damaged
    ? 'There is no older one to go back to: remove the file to start over'
    : 'Use those values to resume that run, or another folder for this one';
  throw new CheckpointError(newest.path, read.problem, advice);
}

type Read = { checkpoint: Checkpoint } | { problem: string; damaged: boolean };

async function readCheckpoint(path: string, expected: CheckpointIdentity): Promise<Read> {
  const bytes = await readFile(path);
  const problem = sealProblem(bytes);
  if (problem !== undefined) return { problem, damaged: true };
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const format = metadata.get('format');
  if (format !== FORMAT) return { problem: `expected the format ${FORMAT}, got ${format}`, damaged: false };
  const about = JSON.parse(metadata.get('checkpoint')!) as Omit<Checkpoint, 'tensors'>;
  const unlike = [
    ...differences('configuration', about.configuration, expected.configuration),
    ...differences('fingerprint', about.fingerprint, expected.fingerprint),
  ];
  if (unlike.length > 0)
    return {
      problem: `expected a checkpoint of this run, got one that differs in ${unlike.join('; ')}`,
      damaged: false,
    };
  return { checkpoint: { ...about, tensors } };
}

/**
 * Where several machines find each other's results: a folder that all of them mount, or an S3-compatible
 * bucket. Each machine computes in its own folder (`local`, a Store as in a local run); with a shared folder,
 * that is the shared folder itself. The bucket client is loaded only if there is a bucket.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../errors';
import type { StageNode } from './stage';
import { Store } from './store';
import { storeProblem } from './storeProblem';

export interface SharedStore {
  /** For messages: a folder's path, or s3://bucket/prefix. Never with credentials. */
  readonly place: string;
  /**
   * The same on every machine that sees this store, however it is mounted, and different for every other
   * store.
   */
  readonly id: string;
  /** Where this machine reads and writes results. */
  readonly local: Store;
  /** The keys of the nodes whose results exist; not verified. */
  present(nodes: readonly StageNode[]): Promise<Set<string>>;
  /**
   * Fetches a result into `local` and verifies it. False if there is none, or if it is damaged; then it is
   * set aside, with a line on standard error.
   */
  fetch(node: StageNode): Promise<boolean>;
  /**
   * Shares the result in `local` with all machines. If another machine was quicker, its result counts and
   * replaces the one in `local`.
   */
  publish(node: StageNode): Promise<void>;
  /** Fetches into `local` the progress of a stage from a machine that was killed. */
  fetchUnfinished(node: StageNode): Promise<void>;
  /** Shares this machine's progress on a stage with all machines (unfinishedStage.ts). */
  publishUnfinished(node: StageNode): Promise<void>;
}

/**
 * Opens the store named on the command line.
 *
 * @param place a folder, or s3://bucket/prefix
 * @param localFolder where this machine keeps results of a bucket
 * @throws InputError if it is neither, or cannot be reached
 */
export async function openSharedStore(place: string, localFolder: string): Promise<SharedStore> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(place)?.[1].toLowerCase();
  if (scheme === undefined && place !== '') return openSharedFolder(new Store(resolve(place)));
  if (scheme === 's3')
    return (await import('./bucket/bucketStore')).openBucket(place, new Store(localFolder));
  throw new InputError(
    '--store',
    `expected a folder or s3://bucket/prefix, got ${scheme === undefined ? 'nothing' : `${scheme}://`}`,
    'Name a folder that all machines mount, or a bucket',
  );
}

/** The file that holds a shared folder's id. */
const ID = '.store-id';
const ID_LENGTH = 36;
const POLL_MS = 50;
const TRIALS = 100;

async function openSharedFolder(local: Store): Promise<SharedStore> {
  const file = join(local.folder, ID);
  try {
    mkdirSync(local.folder, { recursive: true });
    writeFileSync(file, randomUUID(), { flag: 'wx' });
  } catch (cause) {
    if (!existsSync(file)) throw storeProblem(local.folder, ID, cause);
  }
  // The machine that made it may be writing it at this moment.
  for (let trial = 0; trial < TRIALS; trial++) {
    const id = readFileSync(file, 'utf8');
    if (id.length === ID_LENGTH) return new SharedFolder(local, id);
    await sleep(POLL_MS);
  }
  throw new InputError(file, 'expected the id of a shared store, got something else', 'Remove the file');
}

/** A folder on a disk or a network file system, which all machines see. */
class SharedFolder implements SharedStore {
  readonly place: string;

  constructor(
    readonly local: Store,
    readonly id: string,
  ) {
    this.place = local.folder;
  }

  async present(nodes: readonly StageNode[]): Promise<Set<string>> {
    return new Set(nodes.filter((node) => this.local.has(node)).map(({ key }) => key));
  }

  async fetch(node: StageNode): Promise<boolean> {
    return this.local.isWhole(node);
  }

  async publish(): Promise<void> {}

  async fetchUnfinished(): Promise<void> {}

  async publishUnfinished(): Promise<void> {}
}

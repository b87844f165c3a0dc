/**
 * The store of stage results: one folder per content key under data/store. A result is written aside, synced
 * and renamed, so an existing folder is complete. It is verified by hash when it is read; a damaged one is
 * set aside and computed again.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ASIDE, asideName } from '../asides';
import { tell } from '../tell';
import { syncFolderSync, writeFileAtomic } from '../writeAside';
import { decodeSafetensors, encodeSafetensors } from '../engine/safetensors/safetensors';
import type { StageNode, StageResult } from './stage';
import { storeProblem } from './storeProblem';

export interface Manifest {
  readonly key: string;
  readonly kind: string;
  readonly label: string;
  /** Wall-clock seconds that the stage took; the basis of later estimates, never part of a report. */
  readonly seconds: number;
  readonly files: Record<string, { bytes: number; sha256: string }>;
}

export interface StoreEntry {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Folder of the stages that were interrupted. */
export const UNFINISHED = '.unfinished';

export class Store {
  constructor(readonly folder: string) {}

  /** True if there is a result of this key (not verified). */
  has(node: StageNode): boolean {
    return existsSync(join(this.path(node), 'manifest.json'));
  }

  /** True if there is a result and it is verified. A damaged one is set aside. */
  isWhole(node: StageNode): boolean {
    const folder = this.path(node);
    if (!this.has(node)) return false;
    const problem = verify(folder, node.key);
    if (problem === undefined) return true;
    renameSync(folder, `${folder}.damaged-${randomBytes(4).toString('hex')}`);
    tell(`store: ${node.label} is damaged (${problem}); set aside, it will be computed again`);
    return false;
  }

  /** The verified result; undefined if there is none or it is damaged (then it is set aside first). */
  read<Facts>(node: StageNode<Facts>): StageResult<Facts> | undefined {
    if (!this.isWhole(node)) return undefined;
    const folder = this.path(node);
    const json = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Facts;
    return { json, arrays: decodeSafetensors(readFileSync(join(folder, 'arrays.safetensors'))).tensors };
  }

  /** Writes a result aside and renames it into place. An existing result is left as it is. */
  write(node: StageNode, result: StageResult, seconds: number): void {
    const target = this.path(node);
    const aside = join(this.folder, asideName(basename(target)));
    try {
      const files: Manifest['files'] = {};
      const put = (name: string, bytes: Uint8Array): void => {
        writeFileAtomic(join(aside, name), bytes);
        files[name] = { bytes: bytes.length, sha256: sha256(bytes) };
      };
      put('result.json', Buffer.from(`${JSON.stringify(result.json, null, 1)}\n`));
      put('arrays.safetensors', encodeSafetensors(result.arrays));
      const manifest: Manifest = { key: node.key, kind: node.kind.name, label: node.label, seconds, files };
      writeFileAtomic(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
      if (existsSync(target)) rmSync(aside, { recursive: true });
      else renameSync(aside, target);
      syncFolderSync(this.folder);
    } catch (cause) {
      try {
        rmSync(aside, { recursive: true, force: true });
      } catch {
        // What cannot be removed is swept later; the cause must be reported.
      }
      // Another process was quicker.
      if (this.has(node)) return;
      throw storeProblem(this.folder, `the result of "${node.label}"`, cause);
    }
  }

  /** All results whose manifest can be read; verify() checks the rest. */
  list(): StoreEntry[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .map((name) => join(this.folder, name))
      .filter((folder) => existsSync(join(folder, 'manifest.json')) && !isLeftover(basename(folder)))
      .flatMap((folder) => {
        const manifest = readManifest(folder);
        return manifest === undefined ? [] : [{ folder, manifest }];
      });
  }

  /** Removes the remains of interrupted or damaged writes. Returns the number of removed folders. */
  sweep(): number {
    if (!existsSync(this.folder)) return 0;
    const leftovers = readdirSync(this.folder).filter(isLeftover);
    for (const name of leftovers) rmSync(join(this.folder, name), { recursive: true, force: true });
    return leftovers.length;
  }

  /** Seconds that a finished stage took, or undefined. */
  seconds(node: StageNode): number | undefined {
    return readManifest(this.path(node))?.seconds;
  }

  /** The folder of a node's result, whether it exists or not. */
  path(node: StageNode): string {
    return join(this.folder, resultName(node));
  }

  /** The folder of an unfinished node's progress (unfinishedStage.ts), whether it exists or not. */
  unfinished(node: StageNode): string {
    return join(this.folder, UNFINISHED, resultName(node));
  }
}

function isLeftover(name: string): boolean {
  return ASIDE.test(name) || /\.(part|damaged)-/.test(name);
}

/** A result's name in every store: "recommender-<24 digits of the key>". */
export function resultName({ kind, key }: StageNode): string {
  return `${kind.name}-${key.slice(0, 24)}`;
}

/** Names of a result's files: no path, no link upwards. */
export const PLAIN_NAME = /^\w[\w-]*\.[a-z]+$/;

/** Checks a result's folder against its manifest; returns what is wrong, or undefined. */
export function verify(folder: string, key?: string): string | undefined {
  const manifest = readManifest(folder);
  if (manifest === undefined) return 'manifest.json is not readable';
  if (key !== undefined && manifest.key !== key) return 'manifest.json names another key';
  for (const [name, { bytes, sha256: expected }] of Object.entries(manifest.files)) {
    // A manifest may come from anywhere, so nothing outside the folder is read.
    if (!PLAIN_NAME.test(name))
      return `manifest.json names ${JSON.stringify(name)}, which is not a file of a result`;
    const file = join(folder, name);
    const facts = lstatSync(file, { throwIfNoEntry: false });
    if (facts === undefined) return `${name} is missing`;
    if (!facts.isFile()) return `${name} is not a plain file`;
    if (facts.size !== bytes) return `${name} has ${facts.size} bytes instead of ${bytes}`;
    const content = readFileSync(file);
    if (sha256(content) !== expected) return `${name} does not match its hash`;
  }
  return undefined;
}

/** Undefined if it is absent, damaged or of another version. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    return parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Undefined if the text is damaged or of another version. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> | null;
    const whole =
      typeof manifest?.key === 'string' &&
      typeof manifest.label === 'string' &&
      typeof manifest.seconds === 'number' &&
      typeof manifest.files === 'object' &&
      manifest.files !== null;
    return whole ? (manifest as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

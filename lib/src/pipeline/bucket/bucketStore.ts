/**
 * A shared store in a bucket. Files of results are named by their hash (`objects/<sha256>`), so that two
 * machines that finish the same stage cannot mix their files. A result exists once its manifest does
 * (`results/<name>.json`), which is written last and only if there is none. Fetched files are verified
 * against it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { asideName } from '../../asides';
import { tell } from '../../tell';
import { writeFileAtomic } from '../../writeAside';
import type { SharedStore } from '../sharedStore';
import type { StageNode } from '../stage';
import {
  type Manifest,
  parseManifest,
  PLAIN_NAME,
  readManifest,
  resultName,
  type Store,
  verify,
} from '../store';
import { storeProblem } from '../storeProblem';
import { Bucket } from './bucket';

/** The object that holds the store's id. */
const ID = 'store-id';
const SHA256 = /^[0-9a-f]{64}$/;
/** A checkpoint within a stage's folder: part/step-000000000012.safetensors. */
const CHECKPOINT = /^[\w-]+\/step-\d{12}\.safetensors$/;

export async function openBucket(url: string, local: Store): Promise<SharedStore> {
  const bucket = await Bucket.open(url);
  await bucket.create(ID, randomUUID());
  return new BucketStore(bucket, local, (await bucket.text(ID)) ?? '');
}

class BucketStore implements SharedStore {
  readonly place: string;
  /** Per stage: the checkpoints in the bucket that this machine has written or read. */
  private readonly known = new Map<string, Set<string>>();

  constructor(
    private readonly bucket: Bucket,
    readonly local: Store,
    readonly id: string,
  ) {
    this.place = bucket.place;
  }

  async present(nodes: readonly StageNode[]): Promise<Set<string>> {
    const start = nodes.length === 1 ? manifestName(nodes[0]) : 'results/';
    const names = new Set(await this.bucket.list(start));
    return new Set(nodes.filter((node) => names.has(manifestName(node))).map(({ key }) => key));
  }

  async fetch(node: StageNode): Promise<boolean> {
    const text = await this.bucket.text(manifestName(node));
    if (text === undefined) return false;
    const manifest = parseManifest(text);
    if (manifest === undefined || !isSound(manifest))
      return this.setAside(node, 'its manifest is not readable');
    if (sameFiles(manifest, readManifest(this.local.path(node))) && this.local.isWhole(node)) return true;
    const problem = await this.download(node, text, manifest);
    return problem === undefined || this.setAside(node, problem);
  }

  async publish(node: StageNode): Promise<void> {
    const folder = this.local.path(node);
    const manifest = readManifest(folder);
    if (manifest === undefined) throw new Error(`publish: "${node.label}" has no result`);
    for (const [name, { sha256 }] of Object.entries(manifest.files))
      await this.bucket.upload(join(folder, name), objectName(sha256));
    const text = readFileSync(join(folder, 'manifest.json'), 'utf8');
    // Another machine's result may differ in its last digits; all machines continue with the same one.
    if (!(await this.bucket.create(manifestName(node), text))) await this.fetch(node);
    await this.bucket.remove(await this.bucket.list(unfinishedPrefix(node)));
    this.known.delete(node.key);
  }

  async fetchUnfinished(node: StageNode): Promise<void> {
    const prefix = unfinishedPrefix(node);
    const folder = this.local.unfinished(node);
    const names = await this.bucket.list(prefix);
    this.known.set(node.key, new Set(names));
    for (const name of names) {
      const within = name.slice(prefix.length);
      const file = join(folder, within);
      if (!CHECKPOINT.test(within) || exists(file)) continue;
      mkdirSync(dirname(file), { recursive: true });
      const aside = join(dirname(file), asideName('checkpoint'));
      if (await this.bucket.download(name, aside)) renameSync(aside, file);
    }
  }

  async publishUnfinished(node: StageNode): Promise<void> {
    const folder = this.local.unfinished(node);
    const prefix = unfinishedPrefix(node);
    const names = exists(folder)
      ? readdirSync(folder, { recursive: true })
          .map((name) => String(name).split(sep).join('/'))
          .filter((name) => CHECKPOINT.test(name))
          .map((name) => prefix + name)
      : [];
    const known = this.known.get(node.key) ?? new Set();
    for (const name of names.filter((candidate) => !known.has(candidate))) {
      const file = join(folder, name.slice(prefix.length));
      try {
        await this.bucket.upload(file, name);
      } catch (error) {
        // A newer checkpoint has replaced it meanwhile.
        if (exists(file)) throw error;
      }
    }
    await this.bucket.remove([...known].filter((name) => !names.includes(name)));
    this.known.set(node.key, new Set(names));
  }

  /** Fetches the files into the local folder, replacing others. Returns what is wrong with them. */
  private async download(node: StageNode, text: string, manifest: Manifest): Promise<string | undefined> {
    const { folder } = this.local;
    const aside = join(folder, asideName(resultName(node)));
    try {
      mkdirSync(aside, { recursive: true });
      for (const [name, { sha256 }] of Object.entries(manifest.files))
        if (!(await this.bucket.download(objectName(sha256), join(aside, name)))) return `${name} is missing`;
      writeFileAtomic(join(aside, 'manifest.json'), text);
      const problem = verify(aside, node.key);
      if (problem !== undefined) return problem;
      rmSync(this.local.path(node), { recursive: true, force: true });
      renameSync(aside, this.local.path(node));
      return undefined;
    } catch (cause) {
      // Another process of this machine was quicker.
      if (sameFiles(manifest, readManifest(this.local.path(node)))) return undefined;
      throw storeProblem(folder, `the result of "${node.label}"`, cause);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  }

  /** A damaged result is kept under another name, and the stage is computed again. */
  private async setAside(node: StageNode, problem: string): Promise<false> {
    const text = (await this.bucket.text(manifestName(node))) ?? '';
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
    await this.bucket.create(`damaged/${resultName(node)}-${hash}.json`, text);
    await this.bucket.remove([manifestName(node)]);
    tell(`${this.place}: ${node.label} is damaged (${problem}); set aside, it will be computed again`);
    return false;
  }
}

const manifestName = (node: StageNode): string => `results/${resultName(node)}.json`;
const objectName = (sha256: string): string => `objects/${sha256}`;
const unfinishedPrefix = (node: StageNode): string => `unfinished/${resultName(node)}/`;

/** A manifest may come from anywhere. It is used only if it names plain files and hashes. */
function isSound({ files }: Manifest): boolean {
  return Object.entries(files).every(
    ([name, file]) => PLAIN_NAME.test(name) && SHA256.test(String(file?.sha256)),
  );
}

function sameFiles(a: Manifest, b: Manifest | undefined): boolean {
  const hashes = ({ files }: Manifest): string =>
    JSON.stringify(Object.entries(files).map(([name, { sha256 }]) => [name, sha256]));
  return b !== undefined && a.key === b.key && hashes(a) === hashes(b);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Makes the released language models: trains LF and PT with the same stages as a run, rounds their weights to
 * bfloat16 and writes them with a manifest (releasedModels.ts). Results in the store are reused, so an
 * interrupted release resumes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../engine/safetensors/safetensors';
import { InputError, unknownName } from '../errors';
import { projectRoot } from '../project';
import { writeFileAtomic } from '../writeAside';
import { fileHash } from '../pipeline/fileHash';
import { experiment } from './experiment';
import { expectedSeconds } from './plan';
import type { Profile } from './profiles';
import { SHARED_TENSOR } from './releasedFile';
import {
  identity,
  MANIFEST,
  readManifest,
  RELEASED_SHARES,
  releasedName,
  type ReleasedModel,
} from './releasedModels';
import { runStages } from '../pipeline/runner';
import type { RunStatus } from '../pipeline/runState';
import { isOf, type StageNode } from '../pipeline/stage';
import { kinds } from './stages/kinds';
import type { ModelFacts } from './stages/storedModel';
import { storedTokenizer, type TokenizerFacts } from './stages/storedTokenizer';
import type { Store } from '../pipeline/store';

export interface ReleaseOptions {
  store: Store;
  /** Where the models and their manifest go. */
  folder: string;
  /** Names of models; default all. */
  only?: readonly string[];
  workers?: number;
  signal?: AbortSignal;
  onUpdate?: (status: RunStatus) => void;
  onWarning?: (line: string) => void;
}

/** The stages of each released model, trained from scratch whatever the profile says. */
export function releaseNodes(profile: Profile): Map<string, StageNode<ModelFacts>> {
  const scratch = experiment({ ...profile, language: { ...profile.language, from: 'scratch' } });
  const shares = RELEASED_SHARES.map((fraction): [string, StageNode<ModelFacts>] => [
    releasedName('pretrain', fraction),
    scratch.pt({ fraction }),
  ]);
  return new Map([[releasedName('language'), scratch.lf()], ...shares]);
}

/** Trains and writes; returns the manifest's entries of what was written. */
export async function release(
  profile: Profile,
  options: ReleaseOptions,
): Promise<Record<string, ReleasedModel>> {
  if (profile.given !== undefined)
    throw new InputError('release', `expected a profile of the embedded data, got "${profile.name}"`);
  const nodes = releaseNodes(profile);
  for (const name of options.only ?? [])
    if (!nodes.has(name)) throw unknownName('release', 'model', name, [...nodes.keys()]);
  const chosen = [...nodes].filter(([name]) => options.only === undefined || options.only.includes(name));
  const { store, folder, workers, signal, onUpdate, onWarning = () => undefined } = options;
  await runStages(
    chosen.map(([, node]) => node),
    { store, workers, signal, onUpdate, expected: expectedSeconds(profile, store) },
  );

  mkdirSync(folder, { recursive: true });
  const written: Record<string, ReleasedModel> = {};
  for (const [name, node] of chosen) written[name] = await writeModel(name, node, store, folder);
  const manifest = join(folder, MANIFEST);
  const before = existsSync(manifest) ? readManifest(manifest) : {};
  const orphans = orphansOf(before, written);
  for (const name of orphans) {
    rmSync(join(folder, before[name].file), { force: true });
    delete before[name];
  }
  if (orphans.length > 0)
    onWarning(
      `${orphans.join(', ')}: removed, since ${changed(before, written).join(', ')} is another model now ` +
        'and they share its word embeddings. Release them too.',
    );
  const all = { ...before, ...written };
  const inOrder = [...nodes.keys()].filter((name) => name in all).map((name) => [name, all[name]]);
  writeFileAtomic(manifest, `${JSON.stringify(Object.fromEntries(inOrder), undefined, 1)}\n`);
  return written;
}

/** Writes the weights of one model; returns its entry. */
async function writeModel(
  name: string,
  node: StageNode<ModelFacts>,
  store: Store,
  folder: string,
): Promise<ReleasedModel> {
  const result = store.read(node);
  const tokenizer = store.read(node.inputs.tokenizer as StageNode<TokenizerFacts>);
  if (result === undefined || tokenizer === undefined)
    throw new Error(`release: ${name} is not in the store`);
  const file = `${name}.safetensors`;
  const shares = (node.config as { freezeWords?: boolean }).freezeWords === true;
  const arrays = Object.fromEntries(
    Object.entries(result.arrays).filter(([tensor]) => !(shares && tensor === SHARED_TENSOR)),
  );
  await writeSafetensors(join(folder, file), arrays, {}, 'BF16');
  const sha256 = fileHash(join(folder, file));
  const bytes = statSync(join(folder, file)).size;
  return {
    file,
    bytes,
    sha256,
    ...(shares && { sharedWith: releasedName('language') }),
    kind: node.kind.name,
    ...entryOf(node),
    tokenizer: (await storedTokenizer(tokenizer)).fingerprint,
    datasets: fingerprints(node, store),
    result: result.json,
    commit: commit(),
    seconds: Math.round(store.seconds(node) ?? 0),
  };
}

type Models = Readonly<Record<string, ReleasedModel>>;

/** The names of models that were there before and are others now. */
function changed(before: Models, written: Models): string[] {
  return Object.keys(written).filter(
    (name) => before[name] !== undefined && before[name].sha256 !== written[name].sha256,
  );
}

/** Models that share tensors with one that is another now: they would be read with the wrong ones. */
function orphansOf(before: Models, written: Models): string[] {
  return Object.keys(before).filter(
    (name) => !(name in written) && changed(before, written).includes(before[name].sharedWith ?? ''),
  );
}

function entryOf(node: StageNode): Pick<ReleasedModel, 'config' | 'inputs'> {
  const { config, ...inputs } = identity(node);
  return { config, inputs };
}

function fingerprints({ inputs }: StageNode, store: Store): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([domain, node]) =>
      isOf(node, kinds.dataset) ? [[domain, store.read(node)?.json.fingerprint as string]] : [],
    ),
  );
}

/** The commit of the code, "and changes" if it is not clean; "unknown" outside a checkout. */
function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: projectRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const clean = git('status', '--porcelain', '--untracked-files=no', 'lib') === '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${clean ? '' : ' and changes'}`;
  } catch {
    return 'unknown';
  }
}

/**
 * Language models that come with the project, in data/models: LF, PT, and PT on the large shares of Figure 2.
 * They were trained once, by the same stages as a run (`elephant release`), just as the paper starts from a
 * published Longformer. This file says which stages have a released result and whether it fits the profile;
 * stages/releasedModel.ts loads one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors';
import { folders } from '../project';
import { contentKey } from '../pipeline/contentKey';
import { fileHash } from '../pipeline/fileHash';
import type { StageNode } from '../pipeline/stage';
import { releaseAdvice } from './releasedFile';
import type { ReleasedModelConfig } from './stages/releasedModel';
import type { ModelFacts } from './stages/storedModel';

/** One entry of the manifest. */
export interface ReleasedModel {
  /** Of the safetensors file beside the manifest. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /**
   * Another released model whose file has the tensors that this one shares with it to the bit: pre-training
   * leaves word embeddings as they are (D26).
   */
  readonly sharedWith?: string;
  /**
   * The stage that trained it: kind, configuration, and the configurations of the datasets and language model
   * that it took.
   */
  readonly kind: string;
  readonly config: unknown;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Fingerprints of the tokenizer, and of the datasets that it was pre-trained on by domain. */
  readonly tokenizer: string;
  readonly datasets: Readonly<Record<string, string>>;
  /** The stage's result without its arrays: configuration of the model, losses and accuracy by epoch. */
  readonly result: ModelFacts;
  /** Commit of the code that trained it, if that was clean, and seconds that it took. */
  readonly commit: string;
  readonly seconds: number;
}

/**
 * Shares of the pre-training sequences whose PT is released, of the calibrated world with shuffled batches;
 * anything else is trained.
 */
export const RELEASED_SHARES: readonly number[] = [1, 0.5, 0.2, 0.1];

export const MANIFEST = 'models.json';

/** "LF", "PT", "PT-10" (per cent). */
export function releasedName(kind: 'language' | 'pretrain', share = 1): string {
  if (kind === 'language') return 'LF';
  return share === 1 ? 'PT' : `PT-${Number((100 * share).toPrecision(6))}`;
}

/**
 * The released model of that name, for a profile whose own stage would be `scratch`.
 * @throws InputError if there is none, or if it was trained with settings other than the profile's.
 */
export function releasedModel(
  name: string,
  scratch: StageNode,
  folder = folders.models,
): ReleasedModel & { name: string; shared?: SharedFile } {
  const manifest = join(folder, MANIFEST);
  const all = readManifest(manifest);
  const model = checked(name, all, folder);
  const { sharedWith } = model;
  const shared = sharedWith === undefined ? undefined : checked(sharedWith, all, folder);
  const difference = firstDifference(identity(scratch), { config: model.config, ...model.inputs });
  if (difference !== undefined) {
    throw new InputError(
      `released model ${name}`,
      `was trained with ${difference}`,
      'Its results would not be those of this setting: add --set language.from=scratch to train it ' +
        'with the rest',
    );
  }
  return { ...model, name, ...(shared && { shared: { file: shared.file, sha256: shared.sha256 } }) };
}

/** Where the tensors of `sharedWith` are. */
export interface SharedFile {
  readonly file: string;
  readonly sha256: string;
}

/** The entry of that name; its file is there and is the one that the manifest describes. */
function checked(name: string, all: Record<string, ReleasedModel>, folder: string): ReleasedModel {
  const manifest = join(folder, MANIFEST);
  if (!Object.hasOwn(all, name))
    throw new InputError(
      manifest,
      `expected a released model "${name}", found ${Object.keys(all).join(', ') || 'none'}`,
      releaseAdvice(name),
    );
  const model = all[name];
  const path = join(folder, model.file);
  if (fileHash(path) !== model.sha256) {
    throw new InputError(
      path,
      existsSync(path)
        ? 'expected the file that the manifest describes, got other or fewer bytes'
        : 'expected a released language model, found no file',
      releaseAdvice(name),
    );
  }
  return model;
}

/** A stage's own configuration, and those of its inputs by name. */
export interface StageIdentity {
  readonly config: unknown;
  readonly [input: string]: unknown;
}

/**
 * What decides on a stage's result besides code: its own configuration and those of its inputs but for the
 * tokenizer, which is compared by fingerprint. Where and in which precision it would be computed is left out:
 * every provider and precision takes the released models.
 */
export function identity({ config, inputs }: StageNode): StageIdentity {
  const named = Object.entries(inputs).filter(([name]) => name !== 'tokenizer' && !name.endsWith(' tokens'));
  return {
    config: withoutPrecision(config),
    ...Object.fromEntries(
      named.map(([name, node]) => [
        name,
        node.kind.name === 'releasedModel'
          ? (node.config as ReleasedModelConfig).of.config
          : withoutPrecision(node.config),
      ]),
    ),
  };
}

function withoutPrecision(config: unknown): unknown {
  const { precision: _, ...rest } = config as { precision?: 'mixed' };
  return rest;
}

/** "epochs 8, where this setting has 3"; undefined if nothing differs. */
function firstDifference(wanted: unknown, had: unknown, path = ''): string | undefined {
  if (contentKey(wanted) === contentKey(had)) return undefined;
  const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isTree(wanted) && isTree(had)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(had)])) {
      const inner = firstDifference(
        wanted[key] ?? null,
        had[key] ?? null,
        path === '' ? key : `${path}.${key}`,
      );
      if (inner !== undefined) return inner;
    }
  }
  return `${path} ${JSON.stringify(had)}, where this setting has ${JSON.stringify(wanted)}`;
}

export function readManifest(path: string): Record<string, ReleasedModel> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new InputError(
      path,
      'expected the list of released language models, found none that can be read',
      'Restore it with "git checkout data/models", or train everything: --set language.from=scratch',
      { cause },
    );
  }
  const strings = ['file', 'sha256', 'kind', 'tokenizer'] as const;
  for (const [name, model] of Object.entries(value as Record<string, Partial<ReleasedModel>>)) {
    if (strings.some((key) => typeof model?.[key] !== 'string') || !/^[\w.-]+$/.test(model.file as string)) {
      throw new InputError(
        path,
        `${name}: expected file (a plain name), sha256, kind and tokenizer, got ` +
          `${JSON.stringify(model).slice(0, 120)}`,
        releaseAdvice(name),
      );
    }
  }
  return value as Record<string, ReleasedModel>;
}

/**
 * Which stages need more memory than there is, and what would make them fit. Follows from the sizes, before
 * anything runs.
 */
import type { Device } from '../../engine/types';
import { InputError } from '../../errors';
import { isOf, type StageNode } from '../../pipeline/stage';
import { backboneOf, type Profile } from '../profiles';
import type { FinetuneConfig } from '../stages/finetune';
import { kinds } from '../stages/kinds';
import type { PretrainConfig } from '../stages/pretrain';
import { deviceBytes } from './deviceTime';
import type { DomainSizes } from './domainSizes';
import { piecesThatFit, PROCESS_BYTES } from './memory';
import { workOf } from './work';

export interface TooLarge {
  readonly label: string;
  readonly bytes: number;
  /** What to set so that it fits: "finetune.pieces=4"; undefined if no value of the profile would do. */
  readonly setting: string | undefined;
}

/** Bytes of a stage: of its device if it has one, else of its process. */
export function memoryOf(node: StageNode, profile: Profile, sizes: (domain: string) => DomainSizes): number {
  const work = workOf(node, profile, sizes);
  if (work === undefined) return PROCESS_BYTES;
  return computesApart(node.device) ? deviceBytes(work.programs()) : work.bytes;
}

/** Under tfjs all is in the process's own memory, as far as is known. */
const computesApart = (device: Device | undefined): boolean =>
  device?.provider === 'cuda' || device?.provider === 'webgpu';

export function stagesTooLarge(
  nodes: readonly StageNode[],
  profile: Profile,
  sizes: (domain: string) => DomainSizes,
  limitBytes: number,
): TooLarge[] {
  return nodes.flatMap((node) => {
    const bytes = memoryOf(node, profile, sizes);
    if (bytes <= limitBytes) return [];
    const fitting = changesOf(node, profile, limitBytes).find(
      ({ config }) => memoryOf({ ...node, config }, profile, sizes) <= limitBytes,
    );
    return [{ label: node.label, bytes, setting: fitting?.setting }];
  });
}

interface Change {
  readonly setting: string;
  readonly config: object;
}

/** Settings that take less and less memory, the least change first. */
function changesOf(node: StageNode, profile: Profile, limitBytes: number): Change[] {
  if (isOf(node, kinds.finetune)) return morePieces('finetune.pieces', node.config, updateOf(node.config));
  if (isOf(node, kinds.pretrain)) return inPieces(node.config, profile, limitBytes);
  if (isOf(node, kinds.language)) return smallerBatches('language.batch', node.config);
  if (isOf(node, kinds.recommender))
    return [
      ...morePieces('recommender.pieces', node.config, node.config.batch),
      ...smallerBatches(`recommender.batch.${backboneOf(node.config.model)}`, node.config),
    ];
  return [];
}

function smallerBatches(name: string, config: { readonly batch: number }): Change[] {
  return halved(config.batch).map((batch) => ({ setting: `${name}=${batch}`, config: { ...config, batch } }));
}

/** An update in more pieces, at most as many as it has members, which leaves its gradients as they are. */
function morePieces(name: string, config: object, members: number): Change[] {
  return doubled(members).map((pieces) => ({
    setting: `${name}=${pieces}`,
    config: { ...config, pieces },
  }));
}

const updateOf = ({ batch, accumulation }: FinetuneConfig): number => batch * accumulation;

/** Pre-training in the pieces that a limit asks for, which leaves its gradients as they are. */
function inPieces(config: PretrainConfig, profile: Profile, limitBytes: number): Change[] {
  const memory = Number((limitBytes / 2 ** 30).toPrecision(3));
  const pieces = piecesThatFit({ ...profile, pretrain: { ...profile.pretrain, memory } });
  return pieces === undefined
    ? []
    : [{ setting: `pretrain.memory=${memory}`, config: { ...config, ...pieces } }];
}

/** 2, 4, 8, ... up to `most`. */
function doubled(most: number): number[] {
  const values: number[] = [];
  for (let value = 2; value <= most; value *= 2) values.push(value);
  return values;
}

/** 32, 16, ... 1 of 64. */
function halved(batch: number): number[] {
  const values: number[] = [];
  for (let value = Math.floor(batch / 2); value >= 1; value = Math.floor(value / 2)) values.push(value);
  return values;
}

/** @throws InputError that names the largest stage, how many others there are, and what to set. */
export function requireFitting(tooLarge: readonly TooLarge[], limitBytes: number): void {
  if (tooLarge.length === 0) return;
  const [largest] = [...tooLarge].sort((a, b) => b.bytes - a.bytes);
  const others = tooLarge.length > 1 ? ` and ${tooLarge.length - 1} more` : '';
  throw new InputError(
    '--memory',
    `expected stages that take at most ${gib(limitBytes)}, got "${largest.label}" that takes ` +
      `${gib(largest.bytes)}${others}`,
    adviceFor(tooLarge),
  );
}

/** Of each setting, the value with which all stages fit. */
function adviceFor(tooLarge: readonly TooLarge[]): string {
  const settings = [...new Set(tooLarge.map(({ setting }) => setting))];
  if (settings.includes(undefined))
    return 'A smaller model (language.hidden, language.layers) or more memory';
  const byName = new Map(settings.map((setting) => [setting!.split('=')[0], setting!]));
  for (const setting of settings as string[]) {
    const name = setting.split('=')[0];
    if (stronger(setting, byName.get(name)!)) byName.set(name, setting);
  }
  const kept =
    byName.has('finetune.pieces') || byName.has('recommender.pieces') || byName.has('pretrain.memory')
      ? '. Pieces keep the gradients; a smaller batch is another training'
      : '';
  return `Add ${[...byName.values()].map((setting) => `--set ${setting}`).join(' ')}${kept}`;
}

/** More pieces, or a smaller batch. */
function stronger(a: string, b: string): boolean {
  const [x, y] = [a, b].map((setting) => Number(setting.split('=')[1]));
  return a.includes('.pieces=') ? x > y : x < y;
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

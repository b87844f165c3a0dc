/**
 * Memory of a process that trains a language model: with whole batches, or in pieces (`pretrain.memory`). The
 * size of the pieces is part of a result, so it follows from the profile alone and not from the machine.
 */
import { stageCost, type StageCost, type StageWork } from '../../models/encoder/cost';
import type { Profile } from '../profiles';
import { encoderOf } from './encoderOf';

/** Node, ONNX Runtime and the compiled programs of a worker. */
export const PROCESS_BYTES = 250 * 2 ** 20;
/**
 * Measured memory of a training program by the sum of what it keeps: the allocator grows in powers of two
 * (mini's PT: 3 GiB).
 */
const ALLOCATED = 3.5;
/**
 * The same for pieces, which have one shape, and each of their three programs as compiled. Above what was
 * measured on the CPU with width 256, 12 layers and 4,096 tokens: 4.6 GiB, and 1.9 with layers recomputed.
 */
const ALLOCATED_ONCE = 1.5;
const COMPILED_BYTES = 100 * 2 ** 20;

/** Pairs of both sides, plain and masked: sequences of a pair. */
const SEQUENCES = 4;

export function trainingBytes({ stateBytes, activationBytes }: StageCost): number {
  return PROCESS_BYTES + stateBytes + ALLOCATED * activationBytes;
}

/** How pre-training computes its batches if it does so in pieces: see PretrainOptions. */
export interface Pieces {
  readonly tokensAtOnce: number;
  readonly recompute: boolean;
}

/** Smaller pieces leave a processor waiting for calls; a third more arithmetic costs less. */
const LEAST_TOKENS = 4096;

export function bytesInPieces(profile: Profile, { tokensAtOnce, recompute }: Pieces): number {
  const { fixed, perToken } = bytesOf(profile, recompute);
  return fixed + tokensAtOnce * perToken;
}

/**
 * The largest pieces with which pre-training stays below `pretrain.memory`, with layers recomputed if
 * they would be small otherwise; undefined if a batch of the longest sequences stays below. At least one
 * sequence is computed at once, whatever it takes.
 */
export function piecesThatFit(profile: Profile): Pieces | undefined {
  const {
    pretrain: { memory, batch },
    input: { maxTokens },
  } = profile;
  const limit = memory * 2 ** 30;
  if (memory === 0 || trainingBytes(costOf(profile, SEQUENCES * batch * maxTokens)) <= limit)
    return undefined;
  const [kept, anew] = [false, true].map((recompute): Pieces => {
    const { fixed, perToken } = bytesOf(profile, recompute);
    const sequences = Math.max(1, Math.floor((limit - fixed) / perToken / maxTokens));
    return { tokensAtOnce: maxTokens * sequences, recompute };
  });
  return kept.tokensAtOnce >= LEAST_TOKENS ? kept : anew;
}

/**
 * Weights, both moments and the sum of gradients, each as it was and as it will be. Then the steps for plain
 * and for masked sequences, with the gradients of all weights and the activations of a piece, and the
 * encoding of plain sequences.
 */
function bytesOf(profile: Profile, recompute: boolean): { fixed: number; perToken: number } {
  const { stateBytes, activationBytes } = costOf(profile, 1, { recompute });
  const weights = stateBytes / 5;
  const encoding = costOf(profile, 1, { training: false, labels: 0 }).activationBytes;
  return {
    fixed: PROCESS_BYTES + 3 * COMPILED_BYTES + 8 * weights + 2 * ALLOCATED_ONCE * weights,
    perToken: ALLOCATED_ONCE * (2 * activationBytes + encoding),
  };
}

function costOf(profile: Profile, batchTokens: number, more: Partial<StageWork> = {}): StageCost {
  const rowLength = Math.min(profile.input.maxTokens, 128);
  const work = { tokens: 1, labels: 1, training: true, rowLength, batchTokens };
  return stageCost(encoderOf(profile), { ...work, ...more });
}

/**
 * Memory of a process that trains a language model: with whole batches, or in pieces (`pretrain.memory`). The
 * size of the pieces is part of a result, so it follows from the profile alone and not from the machine.
 */
import { stageCost, type StageCost } from '../../models/encoder/cost';
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
 * The same for pieces, which have one shape: above what was measured (width 768, 3 layers, 2,048 tokens: 4.8
 * GiB where this says 6.1).
 */
const ALLOCATED_ONCE = 1.2;

/** Pairs of both sides, plain and masked: sequences of a pair. */
const SEQUENCES = 4;

export function trainingBytes({ stateBytes, activationBytes }: StageCost): number {
  return PROCESS_BYTES + stateBytes + ALLOCATED * activationBytes;
}

/** Pre-training with so many tokens at once. */
export function bytesInPieces(profile: Profile, tokensAtOnce: number): number {
  const { fixed, perToken } = pieces(profile);
  return fixed + tokensAtOnce * perToken;
}

/**
 * Tokens that pre-training computes at once so that it stays below `pretrain.memory`; undefined if a batch of
 * the longest sequences does. At least one sequence is computed at once, whatever it takes.
 */
export function tokensThatFit(profile: Profile): number | undefined {
  const {
    pretrain: { memory, batch },
    input: { maxTokens },
  } = profile;
  const limit = memory * 2 ** 30;
  if (memory === 0 || trainingBytes(costOf(profile, SEQUENCES * batch * maxTokens)) <= limit)
    return undefined;
  const { fixed, perToken } = pieces(profile);
  return maxTokens * Math.max(1, Math.floor((limit - fixed) / perToken / maxTokens));
}

/**
 * Weights, both moments and the sum of gradients, each as it was and as it will be. Then two programs, for
 * plain and for masked sequences, with the gradients of all weights and the activations of a piece.
 */
function pieces(profile: Profile): { fixed: number; perToken: number } {
  const { stateBytes, activationBytes } = costOf(profile, 1);
  const weights = stateBytes / 5;
  return {
    fixed: PROCESS_BYTES + 8 * weights + 2 * ALLOCATED_ONCE * weights,
    perToken: 2 * ALLOCATED_ONCE * activationBytes,
  };
}

function costOf(profile: Profile, batchTokens: number): StageCost {
  const rowLength = Math.min(profile.input.maxTokens, 128);
  return stageCost(encoderOf(profile), { tokens: 1, labels: 1, training: true, rowLength, batchTokens });
}

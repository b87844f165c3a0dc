/**
 * What a stage has to do, from the sizes alone: tokens, updates, FLOP, bytes of memory. The formulas are
 * those of method 15. What cannot be known before, such as when a training stops early, is a stated
 * assumption. No result depends on it.
 */
import type { EncoderConfig } from '../../models/encoder/config';
import { passes, stageCost } from '../../models/encoder/cost';
import { MASKED_SHARE } from '../../training/language/maskWords';
import { MASKED_LANGUAGE_DEFAULTS } from '../../training/language/trainMaskedLanguage';
import { reachedLayers } from '../../training/language/tunedLayers';
import type { Profile } from '../profiles';
import { isOf, type StageNode } from '../../pipeline/stage';
import type { FinetuneConfig } from '../stages/finetune';
import { kinds } from '../stages/kinds';
import type { LanguageConfig } from '../stages/language';
import type { PretrainConfig } from '../stages/pretrain';
import type { DomainSizes } from './domainSizes';
import type { ProgramRuns } from './deviceTime';
import { BYTE_FLOP, CALL_FLOP } from './effort';
import { encoderOf } from './encoderOf';
import { bytesInPieces, type Pieces, PROCESS_BYTES, trainingBytes } from './memory';
import { encodings, finetuningStep, type MaskedBatch, maskedStep } from './programs';
import { recommenderWork } from './recommenderWork';

export interface Work {
  readonly flop: number;
  readonly bytes: number;
  /** What was chosen for it, in a sentence. */
  readonly choice?: string;
  /**
   * What the time is made of: tokens, of which `trainedTokens` take three forward passes each, and FLOP-like
   * effort of all updates whatever their size. Put together in plan.ts.
   */
  readonly language?: {
    readonly forwardTokens: number;
    readonly trainedTokens: number;
    readonly updateEffort: number;
  };
  /** FLOP, with bytes moved and calls counted as FLOP that take as long. */
  readonly sequential?: { readonly effort: number; readonly runs: number };
  /** What it runs, counted when asked for: for devices that are not here. */
  programs(): ProgramRuns[];
}

/** Tokens of an item's text: measured in the shop, and on four Amazon domains with a published tokenizer. */
const ITEM_TOKENS = { simulated: 16.3, given: 20 } as const;
/** Tokens of a sentence of the shop's corpus. */
const SENTENCE_TOKENS = 11.1;
export function workOf(
  node: StageNode,
  profile: Profile,
  sizes: (domain: string) => DomainSizes,
): Work | undefined {
  const domain = (
    (node.inputs.dataset ?? node.inputs.tokens?.inputs.dataset)?.config as { domain?: string } | undefined
  )?.domain;
  if (isOf(node, kinds.language)) return plainLanguageWork(node.config, profile);
  if (isOf(node, kinds.pretrain))
    return pretrainWork(node.config, profile, profile.pretrainingDomains.map(sizes));
  if (domain === undefined) return undefined;
  if (isOf(node, kinds.finetune)) return finetuneWork(node.config, profile, sizes(domain));
  if (isOf(node, kinds.recommender)) return recommenderWork(node.config, sizes(domain));
  if (isOf(node, kinds.encode)) {
    const [{ items }, length] = [sizes(domain), itemTokens(profile) + 1];
    return languageWork(profile, {
      trainedTokens: 0,
      forwardTokens: items * length,
      updates: 0,
      labels: 0,
      batchTokens: 1024,
      programs: (config) => encodings(config, length, items),
    });
  }
  return undefined;
}

function plainLanguageWork({ sentences, epochs, batch, precision }: LanguageConfig, profile: Profile): Work {
  const tokens = sentences * SENTENCE_TOKENS * epochs;
  const updates = Math.ceil(sentences / batch) * epochs;
  const share = MASKED_LANGUAGE_DEFAULTS.maskedShare;
  return languageWork(profile, {
    trainedTokens: tokens,
    forwardTokens: 0,
    updates,
    labels: share * tokens,
    batchTokens: batch * SENTENCE_TOKENS,
    programs: (config) => [
      {
        cost: maskedStep(config, {
          lengths: alike(batch, SENTENCE_TOKENS),
          longest: Math.min(profile.input.maxTokens, 3 * SENTENCE_TOKENS),
          tuned: 'all',
          masked: { part: 1, sequences: batch, share },
          pairs: 0,
          freezeWords: false,
          accumulation: 1,
          precision,
        }),
        times: updates,
      },
    ],
  });
}

function pretrainWork(
  {
    fraction,
    heldOut,
    epochs,
    batch,
    accumulation,
    tuned,
    freezeWords,
    tokensAtOnce,
    recompute = false,
    precision,
  }: PretrainConfig,
  profile: Profile,
  domains: readonly DomainSizes[],
): Work {
  const all = domains.reduce((sum, { users }) => sum + users, 0);
  const sequences = Math.max(1, fraction * (1 - heldOut) * all);
  const length = domains.reduce((sum, { users, meanLength }) => sum + users * meanLength, 0) / all;
  // What came before the target (a place in the second half), and the target; both once plain and once
  // masked.
  const [user, item] = [sequenceTokens(profile, 0.75 * length), itemTokens(profile) + 1];
  const pair = user + item;
  const trainedTokens = 2 * pair * sequences * epochs;
  // As many sequences of all four kinds in a step as it holds.
  const inStep = tokensAtOnce === undefined ? batch : Math.max(1, Math.floor(tokensAtOnce / (2 * pair)));
  const step: MaskedBatch = {
    lengths: [...alike(2 * inStep, user), ...alike(2 * inStep, item)],
    longest: profile.input.maxTokens,
    tuned,
    masked: { part: 0.5, sequences: 2 * inStep, share: MASKED_SHARE },
    pairs: inStep,
    freezeWords,
    accumulation,
    recompute,
    precision,
  };
  // Besides validation: in pieces, the plain sequences are encoded once more.
  const encoded = (VALIDATED + (tokensAtOnce === undefined ? 0 : 0.5)) * trainedTokens;
  const whole = languageWork(profile, {
    trainedTokens,
    // Recomputing the layers encodes everything once more.
    forwardTokens: encoded + Number(recompute) * trainedTokens,
    updates: Math.ceil(sequences / batch / accumulation) * epochs,
    labels: 0.5 * MASKED_SHARE * trainedTokens,
    batchTokens: 2 * pair * batch,
    programs: (config) => [
      { cost: maskedStep(config, step), times: Math.ceil(sequences / inStep) * epochs },
      ...[user, item].flatMap((tokens) => encodings(config, tokens, encoded / pair)),
    ],
  });
  return tokensAtOnce === undefined
    ? whole
    : { ...whole, ...inPieces(profile, batch, { tokensAtOnce, recompute }) };
}

function inPieces(profile: Profile, batch: number, pieces: Pieces): Pick<Work, 'bytes' | 'choice'> {
  return {
    bytes: bytesInPieces(profile, pieces),
    choice:
      `Pre-training computes each batch of ${batch} pairs in pieces of ${pieces.tokensAtOnce} tokens` +
      `${pieces.recompute ? ', each layer twice' : ''}, with the gradients of the whole ` +
      `(pretrain.memory=${profile.pretrain.memory}).`,
  };
}

/** Tokens that validation of PT encodes, by those that are trained on. */
const VALIDATED = 0.05;

/** A batch of sequences of one length. */
const alike = (count: number, tokens: number): number[] => new Array<number>(count).fill(Math.ceil(tokens));

const itemTokens = (profile: Profile): number =>
  Math.min(
    3 * profile.input.maxAttributeLength,
    profile.given === undefined ? ITEM_TOKENS.simulated : ITEM_TOKENS.given,
  );
const sequenceTokens = (profile: Profile, items: number): number =>
  Math.min(profile.input.maxTokens, 1 + items * itemTokens(profile));

function finetuneWork(
  { epochs, patience, tuned, batch, accumulation, pieces = 1, trainableTable, precision }: FinetuneConfig,
  profile: Profile,
  { users, items, meanLength, evaluated }: DomainSizes,
): Work {
  const [ofItem, ofUser] = [itemTokens(profile) + 1, sequenceTokens(profile, meanLength - 2)];
  const [tokensOfItems, tokensOfUsers] = [items * ofItem, evaluated * ofUser];
  if (tuned !== 'all' && tuned.length === 0)
    return languageWork(profile, {
      trainedTokens: 0,
      forwardTokens: tokensOfItems + tokensOfUsers,
      updates: 0,
      labels: 0,
      batchTokens: 1024,
      programs: (config) => [...encodings(config, ofItem, items), ...encodings(config, ofUser, evaluated)],
    });
  // As measured on mini: FT1 improves for longer than FT2, which begins where FT1 stopped.
  const [first, second] = [
    Math.min(epochs, 2.4 * patience),
    (trainableTable === 'also' ? 2 : 1) * Math.min(epochs, 1.7 * patience),
  ];
  const tokensOfInput = sequenceTokens(profile, (meanLength - 3) / 2);
  const reached = reachedLayers(tuned, profile.language.layers);
  const updates = Math.ceil(users / batch / accumulation) * (first + second);
  return languageWork(profile, {
    trainedTokens: users * (first + second) * tokensOfInput,
    reached,
    forwardTokens: first * tokensOfItems + (first + second + 2) * tokensOfUsers,
    updates: updates * (passes({ training: true, reached }) / 3),
    labels: 0,
    batchTokens: (batch * accumulation * tokensOfInput) / pieces,
    longestBatchTokens: (batch * accumulation * profile.input.maxTokens) / pieces,
    programs: (config) => [
      {
        cost: finetuningStep(config, Math.round(items), {
          lengths: alike(Math.ceil((batch * accumulation) / pieces), tokensOfInput),
          longest: profile.input.maxTokens,
          tuned,
          accumulation: pieces,
          precision,
        }),
        times: updates * pieces,
      },
      ...encodings(config, ofItem, items * first),
      ...encodings(config, ofUser, evaluated * (first + second + 2)),
    ],
  });
}

function languageWork(
  profile: Profile,
  work: {
    trainedTokens: number;
    reached?: number;
    forwardTokens: number;
    updates: number;
    labels: number;
    batchTokens: number;
    /** Of the largest batch, which memory must hold; by default as the others. */
    longestBatchTokens?: number;
    programs: (config: EncoderConfig) => ProgramRuns[];
  },
): Work {
  const config = encoderOf(profile);
  const cost = (tokens: number, labels: number, training: boolean, batchTokens = work.batchTokens) =>
    stageCost(config, {
      tokens,
      labels,
      training,
      reached: work.reached,
      rowLength: Math.min(profile.input.maxTokens, 128),
      batchTokens,
    });
  const trained = cost(work.trainedTokens, work.labels, true);
  const forward = cost(work.forwardTokens, 0, false);
  // Predicting masked tokens costs as many tokens more as its share of the arithmetic.
  const head = trained.flop / Math.max(1, cost(work.trainedTokens, 0, true).flop);
  const weights = trained.stateBytes / 4 / 5;
  return {
    flop: trained.flop + forward.flop,
    bytes:
      work.updates > 0
        ? trainingBytes(cost(work.trainedTokens, work.labels, true, work.longestBatchTokens))
        : PROCESS_BYTES + forward.stateBytes + forward.activationBytes,
    programs: () => work.programs(config),
    language: {
      forwardTokens: work.forwardTokens,
      trainedTokens:
        (work.trainedTokens * Math.max(1, head) * passes({ training: true, reached: work.reached })) / 3,
      updateEffort: work.updates * (config.layers * CALL_FLOP + 28 * BYTE_FLOP * weights),
    },
  };
}

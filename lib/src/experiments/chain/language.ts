/** The language models: LF and PT. */
import { shopLexicon } from '../../data/simulation/lexicon';
import { evaluationDomains, type DomainName } from '../../data/simulation/parameters';
import { folders } from '../../project';
import { onDevice, stage, type StageNode } from '../../pipeline/stage';
import type { TunedLayers } from '../../training/language/tunedLayers';
import { piecesThatFit } from '../costs/memory';
import type { Experiment } from '../experiment';
import { modelFileHashes } from '../givenFolders';
import type { Profile } from '../profiles';
import { identity, RELEASED_SHARES, releasedModel, releasedName } from '../releasedModels';
import { kinds } from '../stages/kinds';
import type { LanguageFacts } from '../stages/language';
import type { PretrainFacts } from '../stages/pretrain';
import { tokensOf } from '../stages/storedItemTokens';
import type { ModelFacts } from '../stages/storedModel';
import type { TokenizerFacts } from '../stages/storedTokenizer';
import { corpusWorld, type GivenFiles } from './data';

export function languageModel(experiment: Experiment): StageNode<LanguageFacts> {
  const { profile } = experiment;
  if (profile.given !== undefined) return givenLanguage(profile, profile.given);
  const { vocabulary: _, from, ...model } = profile.language;
  const tokenizer = experiment.tokenizer();
  const trained = stage(kinds.language, {
    label: 'language model (LF)',
    config: {
      ...model,
      maxTokens: profile.input.maxTokens,
      world: corpusWorld(profile),
      worldSeed: profile.simulation.seed,
      lexicon: shopLexicon().fingerprint,
      itemPositions: profile.decisions.itemPositions,
      ...(profile.precision && { precision: profile.precision }),
    },
    inputs: { tokenizer },
    threads: profile.languageThreads,
  });
  const scratch = onDevice(trained, profile.device);
  return from === 'released' && profile.simulation.world !== 'silent'
    ? released(releasedName('language'), scratch, tokenizer)
    : scratch;
}

function givenLanguage(
  { language: { hidden, window, seed }, input, decisions: { itemPositions } }: Profile,
  { model }: GivenFiles,
): StageNode<LanguageFacts> {
  return stage(kinds.givenLanguage, {
    label: 'language model (LF), given',
    config: {
      hidden,
      window,
      seed,
      maxTokens: input.maxTokens,
      files: modelFileHashes(model),
      itemPositions,
    },
    sources: { model },
  });
}

/** The released result, in place of the stage that would train it. */
function released<Facts extends ModelFacts>(
  name: string,
  scratch: StageNode<Facts>,
  tokenizer: StageNode<TokenizerFacts>,
): StageNode<Facts> {
  const { file, sha256, shared, tokenizer: fingerprint, result } = releasedModel(name, scratch);
  const node = stage(kinds.releasedModel, {
    label: `${scratch.label}, released`,
    config: {
      name,
      file,
      sha256,
      ...(shared && { shared: { ...shared } }),
      tokenizer: fingerprint,
      of: identity(scratch),
      result,
    },
    inputs: { tokenizer },
    sources: { models: folders.models },
  });
  // The result that it loads is one of the stage that it stands for.
  return node as StageNode<Facts>;
}

export interface PretrainChoice {
  /** Share of the pre-training sequences. */
  fraction?: number;
  /** As many updates as all sequences have, instead of as many epochs (D40). */
  equalUpdates?: boolean;
  /** Layers tuned, counted from 0. */
  tuned?: TunedLayers;
}

export function pretrained(
  experiment: Experiment,
  { fraction = 1, equalUpdates = false, tuned = 'all' }: PretrainChoice = {},
): StageNode<PretrainFacts> {
  const { profile } = experiment;
  const { batch, accumulation, heldOut, learningRate } = profile.pretrain;
  const { targets, maskedWeight, maskBudget, batchMix, freezeWords } = profile.decisions;
  const seen = pretrainingWorld(experiment);
  const tokenizer = experiment.tokenizer();
  const domains = seen.profile.pretrainingDomains.flatMap((domain) => [
    [domain, seen.dataset(domain)] as const,
    [tokensOf(domain), seen.itemTokens(domain)] as const,
  ]);
  const trained = stage(kinds.pretrain, {
    label:
      fraction === 1
        ? `pre-training (PT)${layersText(tuned)}`
        : `pre-training on ${100 * fraction} %${equalUpdates ? ', equal updates' : ''}`,
    config: {
      fraction,
      heldOut,
      epochs: equalUpdates ? Math.round(profile.pretrain.epochs / fraction) : profile.pretrain.epochs,
      batch,
      accumulation,
      ...piecesThatFit(profile),
      learningRate,
      tuned,
      limits: profile.input,
      evaluated: evaluatedLater(profile),
      targets,
      maskedWeight,
      maskBudget,
      batchMix,
      freezeWords,
      seed: profile.language.seed,
      ...(profile.precision && { precision: profile.precision }),
    },
    inputs: { ...Object.fromEntries(domains), model: experiment.lf(), tokenizer },
    threads: profile.languageThreads,
  });
  const scratch = onDevice(trained, profile.device);
  const isReleased =
    profile.given === undefined &&
    seen.profile.simulation.world === 'calibrated' &&
    batchMix === 'shuffled' &&
    profile.language.from === 'released' &&
    tuned === 'all' &&
    !equalUpdates &&
    RELEASED_SHARES.includes(fraction);
  return isReleased ? released(releasedName('pretrain', fraction), scratch, tokenizer) : scratch;
}

/** Texts are shuffled after pre-training, whose data are those of the calibrated world. */
function pretrainingWorld(experiment: Experiment): Experiment {
  const { simulation } = experiment.profile;
  return simulation.world === 'shuffled'
    ? experiment.with({ simulation: { ...simulation, world: 'calibrated' } })
    : experiment;
}

/**
 * Domains whose validation and test items pre-training must not see: of the shop all that the paper
 * evaluates, so that a choice of some leaves PT as it is.
 */
function evaluatedLater({ given, domains, pretrainingDomains }: Profile): string[] {
  return pretrainingDomains
    .filter((domain) => (given === undefined ? evaluationDomains : domains).includes(domain as DomainName))
    .sort();
}

/** ", layers 3,7,11"; nothing if all are tuned. */
export function layersText(tuned: TunedLayers): string {
  return tuned === 'all' ? '' : `, layers ${tuned.join(',') || 'none'}`;
}

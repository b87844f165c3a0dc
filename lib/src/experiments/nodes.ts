/**
 * The stages of the experiments, made from a profile. Every table and figure takes its nodes from here, so
 * that equal stages have equal keys and are computed once.
 */
import { shopLexicon } from '../data/simulation/lexicon';
import {
  evaluationDomains,
  pretrainingDomains,
  simulatedDomains,
  type DomainName,
  type SimulationWorld,
} from '../data/simulation/parameters';
import { unknownName } from '../errors';
import type { Protocol } from '../evaluation';
import type { TunedLayers } from '../training/language/tunedLayers';
import { folders } from '../project';
import { amazonFileHashes, modelFileHashes } from './givenFolders';
import type { Backbone, Profile } from './profiles';
import { identity, RELEASED_SHARES, releasedModel, releasedName } from './releasedModels';
import { stage, type StageNode } from '../pipeline/stage';
import type { AmazonDatasetConfig } from './stages/amazonDataset';
import type { AttentionConfig } from './stages/attention';
import type { BaselinesConfig } from './stages/baselines';
import type { ControlTableConfig } from './stages/controlTable';
import type { DatasetConfig } from './stages/dataset';
import type { EncodeConfig } from './stages/encode';
import type { FinetuneConfig } from './stages/finetune';
import type { GivenLanguageConfig } from './stages/givenLanguage';
import { kinds } from './stages/kinds';
import type { ItemTokensConfig } from './stages/itemTokens';
import type { LanguageConfig } from './stages/language';
import type { LexicalConfig } from './stages/lexical';
import type { PretrainConfig } from './stages/pretrain';
import type { ReleasedModelConfig } from './stages/releasedModel';
import type { RecommenderConfig } from './stages/recommender';
import type { SelectedRecConfig } from './stages/selectedRec';
import { tokensOf } from './stages/storedItemTokens';
import type { TokenizerConfig } from './stages/tokenizer';

/**
 * Seed of what is neither a recommender's own run nor a language stage: negatives of baselines, control
 * tables.
 */
const SEED = 1;

/**
 * Where an item table comes from: language model, pre-trained, fine-tuned (the paper), or the words alone (a
 * control).
 */
export type TableSource = 'LF' | 'PT' | 'FT' | 'lexical';

/** Every domain of a profile, the pre-training ones first. */
export function domainsOf({ given, domains, pretrainingDomains }: Profile): readonly string[] {
  return given === undefined ? simulatedDomains : [...new Set([...pretrainingDomains, ...domains])];
}

export function datasetNode(profile: Profile, domain: string): StageNode {
  const {
    given,
    simulation: { world },
  } = profile;
  if (given !== undefined) {
    // A domain that is both pre-trained on and evaluated has the filters of pre-training (method 2.2).
    const {
      set: wanted,
      users,
      ...filter
    } = profile.pretrainingDomains.includes(domain) ? given.pretraining : given.evaluated;
    const set = wanted === 'any' ? undefined : wanted;
    const config: AmazonDatasetConfig = {
      domain,
      filter,
      users,
      files: amazonFileHashes(given.data, domain, set),
      ...(set === undefined ? {} : { set }),
    };
    return stage(
      kinds.amazonDataset,
      `${domain}, Amazon reviews`,
      { ...config, filter: { ...filter } },
      {},
      1,
      { data: given.data },
    );
  }
  return stage(kinds.dataset, `${domain}, simulated`, {
    ...simulatedConfig(profile, simulated(domain), world),
  });
}

/** A world that does not touch a domain leaves it the calibrated one, so that its results are found again. */
function simulatedConfig(
  { simulation: { size, seed } }: Profile,
  domain: DomainName,
  world: SimulationWorld,
): DatasetConfig {
  const touched = world === 'shuffled' || (world === 'unrelated' && pretrainingDomains.includes(domain));
  return { domain, world: touched ? world : 'calibrated', size, seed, lexicon: shopLexicon().fingerprint };
}

/** The world that the language corpus speaks of: all but one have the same. */
function corpusWorld({ simulation: { world } }: Profile): SimulationWorld {
  return world === 'silent' ? 'silent' : 'calibrated';
}

function simulated(domain: string): DomainName {
  if (!(simulatedDomains as readonly string[]).includes(domain))
    throw unknownName('profile', 'simulated domain', domain, simulatedDomains);
  return domain as DomainName;
}

/** The best possible ranking of a simulated domain; given data have none. */
export function oracleNode(profile: Profile, domain: string): StageNode {
  return stage(kinds.oracle, `oracle, ${domain}`, {
    ...simulatedConfig(profile, simulated(domain), profile.simulation.world),
  });
}

export function tokenizerNode(profile: Profile): StageNode {
  const { given } = profile;
  if (given !== undefined)
    return stage(kinds.givenTokenizer, 'tokenizer', { files: modelFileHashes(given.model) }, {}, 1, {
      model: given.model,
    });
  const { vocabulary, sentences } = profile.language;
  const config: TokenizerConfig = {
    vocabulary,
    sentences,
    world: corpusWorld(profile),
    lexicon: shopLexicon().fingerprint,
    seed: profile.simulation.seed,
  };
  // Every world has the same texts.
  const domains = Object.fromEntries(
    simulatedDomains.map((domain) => [
      domain,
      stage(kinds.dataset, `${domain}, simulated`, { ...simulatedConfig(profile, domain, 'calibrated') }),
    ]),
  );
  return stage(kinds.tokenizer, 'vocabulary', { ...config }, domains);
}

/** Tokens of a domain's items. */
export function tokensNode(profile: Profile, domain: string): StageNode {
  const config: ItemTokensConfig = { maxAttributeLength: profile.input.maxAttributeLength };
  return stage(
    kinds.itemTokens,
    `tokens of items, ${domain}`,
    { ...config },
    { dataset: datasetNode(profile, domain), tokenizer: tokenizerNode(profile) },
  );
}

/** LF. */
export function languageNode(profile: Profile): StageNode {
  const {
    given,
    decisions: { itemPositions },
  } = profile;
  if (given !== undefined) {
    const { hidden, window, seed } = profile.language;
    const config: GivenLanguageConfig = {
      hidden,
      window,
      seed,
      maxTokens: profile.input.maxTokens,
      files: modelFileHashes(given.model),
      itemPositions,
    };
    return stage(kinds.givenLanguage, 'language model (LF), given', { ...config }, {}, 1, {
      model: given.model,
    });
  }
  const { vocabulary: _, from, ...model } = profile.language;
  const config: LanguageConfig = {
    ...model,
    maxTokens: profile.input.maxTokens,
    world: corpusWorld(profile),
    worldSeed: profile.simulation.seed,
    lexicon: shopLexicon().fingerprint,
    itemPositions,
  };
  const scratch = stage(
    kinds.language,
    'language model (LF)',
    { ...config },
    { tokenizer: tokenizerNode(profile) },
    profile.languageThreads,
  );
  return from === 'released' && profile.simulation.world !== 'silent'
    ? releasedNode(releasedName('language'), scratch)
    : scratch;
}

/** The released result in the place of the stage that would train it. */
function releasedNode(name: string, scratch: StageNode): StageNode {
  const { file, sha256, shared, tokenizer, result } = releasedModel(name, scratch);
  const config: ReleasedModelConfig = {
    name,
    file,
    sha256,
    ...(shared && { shared: { ...shared } }),
    tokenizer,
    of: { ...identity(scratch) },
    result,
  };
  return stage(
    kinds.releasedModel,
    `${scratch.label}, released`,
    { ...config },
    { tokenizer: scratch.inputs.tokenizer },
    1,
    { models: folders.models },
  );
}

export interface PretrainChoice {
  /** Share of the pre-training sequences. */
  fraction?: number;
  /** As many updates as all sequences have, instead of as many epochs (D40). */
  equalUpdates?: boolean;
  /** Layers tuned, counted from 0. */
  tuned?: TunedLayers;
}

/** PT. */
export function pretrainNode(
  profile: Profile,
  { fraction = 1, equalUpdates = false, tuned = 'all' }: PretrainChoice = {},
): StageNode {
  const { batch, accumulation, heldOut, learningRate } = profile.pretrain;
  const { targets, maskedWeight, maskBudget, batchMix, freezeWords } = profile.decisions;
  const epochs = equalUpdates ? Math.round(profile.pretrain.epochs / fraction) : profile.pretrain.epochs;
  const config: PretrainConfig = {
    fraction,
    heldOut,
    epochs,
    batch,
    accumulation,
    learningRate,
    tuned,
    limits: profile.input,
    evaluated: evaluatedBefore(profile),
    targets,
    maskedWeight,
    maskBudget,
    batchMix,
    freezeWords,
    seed: profile.language.seed,
  };
  const seen = pretrainingWorld(profile);
  const domains = Object.fromEntries(
    seen.pretrainingDomains.flatMap((domain) => [
      [domain, datasetNode(seen, domain)],
      [tokensOf(domain), tokensNode(seen, domain)],
    ]),
  );
  const label =
    fraction === 1
      ? `pre-training (PT)${layersText(tuned)}`
      : `pre-training on ${100 * fraction} %${equalUpdates ? ', equal updates' : ''}`;
  const scratch = stage(
    kinds.pretrain,
    label,
    { ...config, tuned: tuned as number[] },
    { ...domains, model: languageNode(profile), tokenizer: tokenizerNode(profile) },
    profile.languageThreads,
  );
  const ofCalibrated =
    profile.given === undefined && seen.simulation.world === 'calibrated' && batchMix === 'shuffled';
  const released =
    ofCalibrated &&
    profile.language.from === 'released' &&
    tuned === 'all' &&
    !equalUpdates &&
    RELEASED_SHARES.includes(fraction);
  return released ? releasedNode(releasedName('pretrain', fraction), scratch) : scratch;
}

/** Texts are shuffled after pre-training, whose data are those of the calibrated world. */
function pretrainingWorld(profile: Profile): Profile {
  const { simulation } = profile;
  return simulation.world === 'shuffled'
    ? { ...profile, simulation: { ...simulation, world: 'calibrated' } }
    : profile;
}

/**
 * Domains whose validation and test items pre-training must not see: of the shop all that the paper
 * evaluates, so that a choice of some leaves PT as it is.
 */
function evaluatedBefore({ given, domains, pretrainingDomains }: Profile): string[] {
  return pretrainingDomains
    .filter((domain) => (given === undefined ? evaluationDomains : domains).includes(domain as DomainName))
    .sort();
}

/** ", layers 3,7,11"; nothing where all are tuned. */
function layersText(tuned: TunedLayers): string {
  return tuned === 'all' ? '' : `, layers ${tuned.join(',') || 'none'}`;
}

export interface FinetuneChoice {
  /** Layers tuned, counted from 0; empty: none, the model ranks as it is. */
  tuned?: TunedLayers;
  /**
   * Protocols that select, from one trajectory; the first decides on the FT table. Read each with selectedBy.
   */
  protocols?: Protocol[];
  /**
   * Weights to start from: the language model's, those of PT, or those of a PT that tunes these layers alone.
   */
  from?: 'LF' | 'PT' | readonly number[];
}

/**
 * FT1 and FT2 on a domain: REC, the FT table, and REC.trainable where Table 5 wants it (trainableRecNode).
 */
export function finetuneNode(profile: Profile, domain: string, choice: FinetuneChoice = {}): StageNode {
  const { tuned = 'all', from = 'PT' } = choice;
  // Table 4's REC comes from the trajectory of Table 3's, and Table 5's REC.trainable from the same FT1.
  const main = tuned === 'all' && from === 'PT' && choice.protocols === undefined;
  const protocols =
    choice.protocols ??
    (main && profile.tables.includes('table4') && profile.domains.includes(domain)
      ? ['sampled', 'full']
      : ['sampled']);
  const trainableTable =
    main && profile.tables.includes('table5') && profile.withID.includes(domain) ? 'also' : false;
  const { emptyHistory, schedule } = profile.decisions;
  const config: FinetuneConfig = {
    ...profile.finetune,
    emptyHistory,
    schedule,
    tuned,
    trainableTable,
    protocols,
    limits: profile.input,
    seed: profile.language.seed,
  };
  const label =
    'RECFORMER, ' +
    `${domain}${layersText(tuned)}${choice.protocols === undefined ? '' : `, selected by ${protocols.join(' and ')} ranking`}${from === 'LF' ? ', from LF' : from === 'PT' ? '' : `, from PT${layersText(from)}`}`;
  const model =
    from === 'LF' ? languageNode(profile) : pretrainNode(profile, { tuned: from === 'PT' ? 'all' : from });
  return stage(
    kinds.finetune,
    label,
    { ...config, tuned: tuned as number[] },
    { dataset: datasetNode(profile, domain), model, tokens: tokensNode(profile, domain) },
    profile.languageThreads,
  );
}

/** REC selected by full ranking (Table 4). */
export function fullRankingRecNode(profile: Profile, domain: string): StageNode {
  const config: SelectedRecConfig = { rec: 'full' };
  return stage(
    kinds.selectedRec,
    `RECFORMER, ${domain}, selected by full ranking`,
    { ...config },
    { finetune: finetuneNode(profile, domain) },
  );
}

/** REC whose item table was trained in FT2 as well (Table 5). */
export function trainableRecNode(profile: Profile, domain: string): StageNode {
  const config: SelectedRecConfig = { rec: 'trainable' };
  return stage(
    kinds.selectedRec,
    `RECFORMER, ${domain}, trainable table`,
    { ...config },
    { finetune: finetuneNode(profile, domain) },
  );
}

/** The item table of a domain. */
export function tableNode(profile: Profile, domain: string, source: TableSource): StageNode {
  const dataset = datasetNode(profile, domain);
  if (source === 'FT') return finetuneNode(profile, domain);
  if (source === 'lexical') {
    const config: LexicalConfig = { dim: profile.language.hidden, seed: SEED };
    return stage(kinds.lexical, `lexical table, ${domain}`, { ...config }, { dataset });
  }
  return encodedNode(
    profile,
    domain,
    source === 'LF' ? languageNode(profile) : pretrainNode(profile),
    source,
  );
}

/** An item table of a domain with all but one of its properties lost. */
export function controlTableNode(
  profile: Profile,
  domain: string,
  control: ControlTableConfig['control'],
  source: TableSource = 'FT',
): StageNode {
  const config: ControlTableConfig = { control, seed: SEED };
  return stage(
    kinds.controlTable,
    `${control} control of the ${source} table, ${domain}`,
    { ...config },
    { table: tableNode(profile, domain, source) },
  );
}

/** The item table of any language model. */
export function encodedNode(profile: Profile, domain: string, model: StageNode, source: string): StageNode {
  const config: EncodeConfig = { limits: profile.input };
  return stage(
    kinds.encode,
    `${source} table, ${domain}`,
    { ...config },
    { model, tokens: tokensNode(profile, domain) },
  );
}

/** What `<s>` attends to (Figure 1): in the language model as it is, and after fine-tuning on the domain. */
export function attentionNode(
  profile: Profile,
  domain: string,
  model: 'Longformer' | 'RECFORMER',
): StageNode {
  const config: AttentionConfig = { limits: profile.input, sequences: profile.attention.sequences };
  const weights = model === 'Longformer' ? languageNode(profile) : finetuneNode(profile, domain);
  return stage(
    kinds.attention,
    `attention of ${model}, ${domain}`,
    { ...config },
    {
      dataset: datasetNode(profile, domain),
      model: weights,
      tokenizer: tokenizerNode(profile),
      tokens: tokensNode(profile, domain),
    },
  );
}

export function baselinesNode(profile: Profile, domain: string): StageNode {
  const config: BaselinesConfig = { seed: SEED };
  return stage(
    kinds.baselines,
    `baselines, ${domain}`,
    { ...config },
    { dataset: datasetNode(profile, domain), table: tableNode(profile, domain, 'lexical') },
  );
}

/** Rankings without a trained model; the best possible one where the data are simulated. */
export function withoutTraining(profile: Profile, domain: string): StageNode[] {
  return [
    baselinesNode(profile, domain),
    ...(profile.given === undefined ? [oracleNode(profile, domain)] : []),
  ];
}

export interface RecommenderChoice {
  backbone: Backbone;
  variant: RecommenderConfig['variant'];
  /** For every variant but "base": the item table's node and its name. */
  table?: { node: StageNode; name: string };
  /** Full ranking: loss and selection are those of the authors' full setting (D12). Default: sampled. */
  protocol?: 'sampled' | 'full';
  /** Instead of the authors' loss (D12, D43). */
  loss?: RecommenderConfig['loss'];
}

/**
 * A recommender's runs, one node a seed. The first seed chooses the learning rate from the profile's grid by
 * validation NDCG@10; the others take the rate it chose. The further variants start from the freeze run of
 * the same seed.
 */
export function recommenderNodes(profile: Profile, domain: string, choice: RecommenderChoice): StageNode[] {
  const { backbone, variant, table, protocol = 'sampled' } = choice;
  const loss = choice.loss ?? (backbone === 'SASRec' && protocol === 'sampled' ? 'bce' : 'ce');
  const { learningRates, sensitivity: _, seeds, batch, passes, ...settings } = profile.recommender;
  const further = variant === 'furtherAll' || variant === 'furtherEmb';
  const starts = further ? recommenderNodes(profile, domain, { ...choice, variant: 'freeze' }) : undefined;
  const config = {
    ...settings,
    batch: batch[backbone],
    passes: passes[backbone],
    dim: profile.language.hidden,
    model: backbone === 'SASRec' ? 'sasrec' : 'bert4rec',
    loss,
    variant,
    selection: protocol,
  } as const;
  const label = (seed: number): string =>
    `${backbone}, ${domain}, ` +
    `${variant}${table === undefined ? '' : `.${table.name}`}${protocol === 'full' ? ', full ranking' : ''}${choice.loss === undefined ? '' : `, loss ${loss}`}, ` +
    `seed ${seed}`;
  const inputs = (index: number): Record<string, StageNode> => ({
    dataset: datasetNode(profile, domain),
    ...(starts !== undefined ? { start: starts[index] } : table !== undefined ? { table: table.node } : {}),
  });
  const node = (index: number, rates: readonly number[], more: Record<string, StageNode>): StageNode => {
    const own: RecommenderConfig = { ...config, seed: seeds[index], learningRates: [...rates] };
    return stage(kinds.recommender, label(seeds[index]), { ...own }, { ...inputs(index), ...more });
  };
  const searched = node(0, learningRates[backbone], {});
  return [searched, ...seeds.slice(1).map((_, i) => node(i + 1, [], { rates: searched }))];
}

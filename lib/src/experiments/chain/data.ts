/** Stages on data: datasets, the vocabulary, tokens of items, and the simulation's oracle. */
import { shopLexicon } from '../../data/simulation/lexicon';
import {
  pretrainingDomains,
  simulatedDomains,
  type DomainName,
  type SimulationWorld,
} from '../../data/simulation/parameters';
import { unknownName } from '../../errors';
import { stage, type StageNode } from '../../pipeline/stage';
import type { Experiment } from '../experiment';
import { amazonFileHashes, modelFileHashes, ownFileHashes } from '../givenFolders';
import type { OwnData, Profile } from '../profiles';
import type { DatasetConfig } from '../stages/dataset';
import { kinds } from '../stages/kinds';
import type { DatasetFacts } from '../stages/storedDataset';
import type { TestFacts } from '../stages/storedEvaluation';
import type { ItemTokensFacts } from '../stages/storedItemTokens';
import type { TokenizerFacts } from '../stages/storedTokenizer';

/** Where data and language model of a profile on files lie. */
export type GivenFiles = NonNullable<Profile['given']>;

/** Every domain of a profile, the pre-training ones first. */
export function domainsOf({ given, domains, pretrainingDomains }: Profile): readonly string[] {
  return given === undefined ? simulatedDomains : [...new Set([...pretrainingDomains, ...domains])];
}

export function dataset({ profile }: Experiment, domain: string): StageNode<DatasetFacts> {
  const { given, own, pretrainingDomains, simulation } = profile;
  if (given === undefined) return simulatedDataset(profile, simulated(domain), simulation.world);
  return domain === own?.name
    ? ownDataset(given, own)
    : amazonDataset(given, domain, pretrainingDomains.includes(domain));
}

/** The user's own filters stand above the profile's. */
function ownDataset(given: GivenFiles, own: OwnData): StageNode<DatasetFacts> {
  const { name, interactions, items, reading } = own;
  const { set: _, users, ...filter } = given.evaluated;
  return stage(kinds.ownDataset, {
    label: `${name}, own data`,
    config: {
      domain: name,
      reading: { ...filter, ...reading },
      users,
      files: ownFileHashes(interactions, items),
    },
    sources: { interactions, ...(items !== undefined && { items }) },
  });
}

/** A domain that is both pre-trained on and evaluated has the filters of pre-training (method 2.2). */
function amazonDataset(given: GivenFiles, domain: string, pretraining: boolean): StageNode<DatasetFacts> {
  const { set: wanted, users, ...filter } = pretraining ? given.pretraining : given.evaluated;
  const set = wanted === 'any' ? undefined : wanted;
  return stage(kinds.amazonDataset, {
    label: `${domain}, Amazon reviews`,
    config: {
      domain,
      filter,
      users,
      files: amazonFileHashes(given.data, domain, set),
      ...(set === undefined ? {} : { set }),
    },
    sources: { data: given.data },
  });
}

function simulatedDataset(
  profile: Profile,
  domain: DomainName,
  world: SimulationWorld,
): StageNode<DatasetFacts> {
  return stage(kinds.dataset, {
    label: `${domain}, simulated`,
    config: simulatedConfig(profile, domain, world),
  });
}

/**
 * A world that does not touch a domain leaves it the calibrated one, so that its results are found again; so
 * do other texts and other users than the calibrated ones, which only domains without a part in pre-training
 * have.
 */
function simulatedConfig(
  { simulation: { size, seed, textsKept, users } }: Profile,
  domain: DomainName,
  world: SimulationWorld,
): DatasetConfig {
  const pretrained = pretrainingDomains.includes(domain);
  const touched = world === 'shuffled' || (world === 'unrelated' && pretrained);
  return {
    domain,
    world: touched ? world : 'calibrated',
    size,
    seed,
    lexicon: shopLexicon().fingerprint,
    ...(!pretrained && textsKept !== 1 && { textsKept }),
    ...(!pretrained && users !== 1 && { users }),
  };
}

/** The world that the language corpus is about: all but one have the same. */
export function corpusWorld({ simulation: { world } }: Profile): SimulationWorld {
  return world === 'silent' ? 'silent' : 'calibrated';
}

function simulated(domain: string): DomainName {
  if (!(simulatedDomains as readonly string[]).includes(domain))
    throw unknownName('profile', 'simulated domain', domain, simulatedDomains);
  return domain as DomainName;
}

export function oracle({ profile }: Experiment, domain: string): StageNode<TestFacts> | undefined {
  if (profile.given !== undefined) return undefined;
  const { world } = profile.simulation;
  return stage(kinds.oracle, {
    label: `oracle, ${domain}`,
    config: simulatedConfig(profile, simulated(domain), world),
  });
}

export function tokenizer({ profile }: Experiment): StageNode<TokenizerFacts> {
  const { given } = profile;
  if (given !== undefined) {
    const files = modelFileHashes(given.model);
    return stage(kinds.givenTokenizer, {
      label: 'tokenizer',
      config: { files },
      sources: { model: given.model },
    });
  }
  const { vocabulary, sentences } = profile.language;
  // Every world has the same texts.
  const calibrated = { ...profile, simulation: { ...profile.simulation, textsKept: 1, users: 1 } };
  const domains = simulatedDomains.map(
    (domain) => [domain, simulatedDataset(calibrated, domain, 'calibrated')] as const,
  );
  return stage(kinds.tokenizer, {
    label: 'vocabulary',
    config: {
      vocabulary,
      sentences,
      world: corpusWorld(profile),
      lexicon: shopLexicon().fingerprint,
      seed: profile.simulation.seed,
    },
    inputs: Object.fromEntries(domains),
  });
}

export function itemTokens(experiment: Experiment, domain: string): StageNode<ItemTokensFacts> {
  const { maxAttributeLength } = experiment.profile.input;
  return stage(kinds.itemTokens, {
    label: `tokens of items, ${domain}`,
    config: { maxAttributeLength },
    inputs: { dataset: experiment.dataset(domain), tokenizer: experiment.tokenizer() },
  });
}

/**
 * A profile with a user's own data in place of the domains: they are evaluated, and pre-trained on. `--set`
 * overrides the values; it may name Amazon domains to pre-train on.
 */
import type { SourceOptions } from '../../data/reading/readSource';
import { InputError } from '../../errors';
import type { Profile } from './schema';

/** Where a user's own data lie, and how they are read. */
export interface OwnData {
  /** Of the data, as tables and `--set` have it. */
  readonly name: string;
  /** File, or folder that has one. No part of a result's key. */
  readonly interactions: string;
  readonly items?: string;
  readonly reading: SourceOptions;
}

/** Validation chooses among them: nobody has trained on these data before. */
const RATES = [3e-4, 1e-3, 3e-3];

/** Names of inputs of the stages that take all domains. */
const TAKEN = ['model', 'tokenizer'];

/**
 * @param base a profile on files. Its schedules are for a domain of five thousand users; these are for fewer,
 * and counted in updates.
 * @throws InputError for a profile on the embedded shop, and for a name that cannot be.
 */
export function onOwnData(base: Profile, own: OwnData): Profile {
  const { name } = own;
  if (base.given === undefined)
    throw new InputError(
      `profile ${base.name}`,
      'uses the embedded data; --interactions is for profiles on files',
      'Choose --profile real',
    );
  if (TAKEN.includes(name))
    throw new InputError(
      own.interactions,
      `expected another name than "${name}", which stages use for an input of their own`,
      'Rename the folder or file: data are named after it',
    );
  const replaced = (domains: readonly string[]): string[] => (domains.length === 0 ? [] : [name]);
  return {
    ...base,
    own,
    domains: [name],
    pretrainingDomains: [name],
    finetune: { ...base.finetune, epochs: 8, patience: 2, accumulation: 1 },
    attention: { ...base.attention, domains: replaced(base.attention.domains) },
    layerSets: { ...base.layerSets, domain: name, also: [] },
    withID: replaced(base.withID),
    beyond: replaced(base.beyond),
    equalScales: [name],
    fractionDomains: replaced(base.fractionDomains),
    manySeeds: undefined,
    recommender: {
      ...base.recommender,
      epochs: 100,
      patience: 10,
      learningRates: { SASRec: RATES, BERT4Rec: RATES },
      leastUpdates: 50,
    },
  };
}

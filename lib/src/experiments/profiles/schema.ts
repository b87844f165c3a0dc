/**
 * What a profile holds: type, range, meaning and decisions (docs/decisions.md) of each value in one place.
 * Plain values; everything that a result depends on is among them, and so enters the stages' keys. The values
 * themselves are in the files named after the profiles.
 */
import * as v from 'valibot';
import { filterSchema } from '../../data/filters';
import { simulatedDomains, simulationSizes, simulationWorlds } from '../../data/simulation/parameters';
import type { Device } from '../../engine/types';
import { InputError } from '../../errors';
import {
  anyText,
  boolean,
  even,
  type Kind,
  list,
  name,
  notNegative,
  object,
  oneOf,
  option,
  parse,
  positive,
  properShare,
  share,
  shareOrNone,
  whole,
} from '../../schema';
import { BASE, LEXICAL_COLUMNS, TABLE3_COLUMNS } from '../columns';
import { type Backbone, BACKBONES } from './backbones';
import type { OwnData } from './ownData';

const TABLES = ['table1', 'table3', 'table4', 'table5', 'figure2'] as const;
const SASREC_COLUMNS = [
  BASE.SASRec,
  ...TABLE3_COLUMNS.filter((column) => column !== 'base' && column !== 'REC'),
  ...LEXICAL_COLUMNS,
];
const backbone = oneOf('backbone', BACKBONES);
const batchMix = oneOf('value', ['shuffled', 'oneDomain']);
const positives = list(positive);

function perBackbone<T>(kind: Kind<T>, meaning: string, ...decisions: string[]) {
  const entry = option(kind, meaning, ...decisions);
  return object({ SASRec: entry, BERT4Rec: entry } satisfies Record<Backbone, Kind<T>>);
}

const givenDomain = object({
  set: option(
    oneOf('set', ['any', '5core', 'full', 'ratings']),
    'which review file; any: the first that exists of 5-core, full, ratings',
  ),
  users: option(whole(0), 'maximum number of users of a domain, drawn with a seed; 0: all'),
  ...v.partial(filterSchema).entries,
});

const repetition = object({
  world: oneOf('world', simulationWorlds),
  seed: whole(0),
  /** Another mix of domains in a batch of pre-training than the profile's. */
  batchMix: v.optional(batchMix),
});

/** What the names in a profile may be: they depend on which profile it is. */
interface Names {
  profile: string;
  /** Domains that are computed: those of the embedded shop, or any if files are given. */
  domain: Kind<string>;
  /**
   * Domains in lists that are cut to the computed ones. Those of the paper may be in such a list; an unknown
   * name may not.
   */
  listed: Kind<string>;
}

/** The values of a profile, in the order in which they are listed. */
export function profileSchema({ profile, domain, listed }: Names) {
  const domains = list(domain);
  const listedDomains = list(listed);
  return object({
    name: oneOf('name', [profile]),
    /** Absent if data and language model are the embedded ones. Paths are no part of a result's key. */
    given: v.optional(
      object({
        data: option(anyText, 'folder of the Amazon files; --data or ELEPHANT_DATA sets it'),
        model: option(anyText, 'folder of the language model; --model or ELEPHANT_MODEL sets it'),
        pretraining: givenDomain,
        evaluated: givenDomain,
      }),
    ),
    /** Without meaning where files are given. */
    simulation: object({
      world: option(
        oneOf('world', simulationWorlds),
        'the shop as calibrated, or one where texts (shuffled), other domains (unrelated) or plain ' +
          'language (silent) say nothing about behaviour',
      ),
      size: option(oneOf('size', simulationSizes), 'users and items of the simulated domains'),
      seed: option(whole(0), 'seed of the simulated domains and the language corpus'),
      textsKept: option(
        shareOrNone,
        'share of the items that keep their own text, in domains that are not pre-trained on',
      ),
      users: option(positive, 'factor on the number of users, in domains that are not pre-trained on'),
    }),
    domains: option(list(domain, 1), 'domains that are evaluated (Tables 3 to 5)'),
    pretrainingDomains: option(list(domain, 1), 'domains for pre-training'),
    tables: option(list(oneOf('table', TABLES)), 'what is computed: tables and Figure 2'),
    backbones: option(list(backbone, 1), "Table 3's sequential models"),
    /** More than one if little else can run beside the stage. Part of the results' keys. */
    languageThreads: option(whole(1), 'threads of one language stage (LF, PT, FT)'),
    /** The embedded one: a Longformer from scratch. Of a given one, sizes are for estimates. */
    language: object({
      /** Without effect if a model is given. */
      from: option(
        oneOf('value', ['released', 'scratch']),
        'LF and PT that come with the project (released), or trained with the rest (scratch), about one ' +
          'more hour on two cores',
      ),
      layers: option(whole(1), 'layers of the language model (LF)'),
      heads: option(whole(1), 'attention heads of the language model'),
      hidden: option(
        whole(1),
        'width of the language model, of all item tables and of recommenders; a multiple of the heads',
      ),
      window: option(even, 'tokens that a token attends to'),
      vocabulary: option(whole(1), 'tokens in the vocabulary of the language model'),
      sentences: option(whole(1), 'plain sentences that LF is trained on'),
      epochs: option(whole(1), 'epochs of the training of LF'),
      batch: option(whole(1), 'sentences per update'),
      learningRate: option(positive, 'highest learning rate of the training of LF'),
      seed: option(whole(0), 'seed of LF, PT and FT'),
    }),
    /** RECFORMER's input (method 3). */
    input: object({
      maxAttributeLength: option(whole(1), "tokens of an item's attribute, including its name"),
      maxTokens: option(whole(1), 'tokens of a sequence of items'),
    }),
    pretrain: object({
      epochs: option(whole(1), 'epochs of pre-training (PT)'),
      batch: option(whole(1), "pairs of sequence and next item that are each other's negatives"),
      accumulation: option(whole(1), 'batches per update'),
      learningRate: option(positive, 'learning rate of pre-training, which falls linearly'),
      heldOut: option(
        properShare,
        'share of the sequences whose contrastive accuracy selects the epoch',
        'D29',
      ),
      /** By the estimate of `plan`, in experiments/costs/memory.ts. */
      memory: option(
        notNegative,
        'GiB of memory for pre-training; batches that need more are computed in pieces; 0: whole batches',
      ),
      fractions: option(list(share), "Figure 2's shares of the pre-training sequences, besides all"),
    }),
    finetune: object({
      epochs: option(whole(1), 'maximum epochs of each stage of fine-tuning (FT1, FT2)'),
      patience: option(whole(1), 'epochs without a better validation NDCG@10 before a stage stops'),
      batch: option(whole(1), 'sequences per batch'),
      accumulation: option(whole(1), 'batches per update'),
      pieces: option(
        whole(1),
        'pieces that an update is computed in, one after the other, if it does not fit into memory',
      ),
      learningRate: option(positive, 'learning rate of fine-tuning, before the schedule', 'D21'),
      warmup: option(whole(0), 'updates of the ramp at the start of the schedule'),
    }),
    /** Where the language stages' source leaves room: our defaults, each with its other reading. */
    decisions: object({
      itemPositions: option(
        oneOf('value', ['normal', 'zero']),
        'vectors of item positions, which no published model has, at the start of LF',
        'D27',
      ),
      /** "in" shows pre-training what it is tested on. */
      targets: option(
        oneOf('value', ['out', 'in']),
        'whether pre-training sees validation and test items of evaluated domains',
        'D28',
      ),
      /** 0.4 is what 4 GPUs made of the authors' 0.1. */
      maskedWeight: option(notNegative, 'weight of the masked-token loss in pre-training', 'D24'),
      maskBudget: option(
        oneOf('value', ['real', 'padded']),
        'masked tokens of pre-training are a share of the real tokens, or of the padded ones as coded',
        'D25',
      ),
      batchMix: option(
        batchMix,
        'a batch of pre-training holds sequences of all domains, shuffled, or of one',
        'D52',
      ),
      freezeWords: option(boolean, 'pre-training leaves word embeddings as they are', 'D26'),
      emptyHistory: option(
        oneOf('value', ['kept', 'left out']),
        'whether the first item of a history is a label of fine-tuning',
        'D23',
      ),
      schedule: option(
        oneOf('value', ['coded', 'usual']),
        'decay of the learning rate of fine-tuning after its ramp',
        'D21',
      ),
    }),
    attention: object({
      domains: option(domains, "Figure 1's domains"),
      sequences: option(whole(1), 'sequences that its statistics are averaged over'),
    }),
    layerSets: object({
      domain: option(domain, "Table 1's domain"),
      also: option(domains, 'further domains for which the text gives a number'),
      restricted: option(
        oneOf('value', ['FT', 'PT and FT']),
        'stages that tune only the chosen layers',
        'D36',
      ),
    }),
    withID: option(listedDomains, "Table 5's domains"),
    beyond: option(listedDomains, 'domains of the tables beyond the paper that need runs of their own'),
    equalScales: option(
      listedDomains,
      'domains of the table beyond the paper that has all item tables at one scale',
    ),
    equalUpdates: option(
      list(share),
      "those of Figure 2's shares that are also pre-trained with as many updates as all sequences have",
      'D40',
    ),
    fractionDomains: option(listedDomains, "Figure 2's domains"),
    repetitions: object({
      runs: option(
        list(repetition),
        'Table 3 again, in another world, from another seed of every stage, or with other batches of ' +
          'pre-training',
      ),
      backbones: option(list(backbone), 'sequential models of the repetitions'),
      learningRates: perBackbone(positives, 'learning rates of the repetitions'),
    }),
    /** What an item table gains under other conditions ("When does it help?"); empty lists: nothing. */
    sweeps: object({
      domain: option(domain, 'domain of the sweeps; not one that is pre-trained on'),
      textsKept: option(list(shareOrNone), 'values of simulation.textsKept'),
      users: option(positives, 'values of simulation.users'),
      scales: option(positives, "spreads of the item table, as multiples of the random table's"),
    }),
    /** Some cells of Table 3 (SASRec) with more seeds than the others; absent: none. */
    manySeeds: v.optional(
      object({
        domain: option(domain, 'domain of the cells that are trained with many seeds'),
        columns: option(
          list(oneOf('column', SASREC_COLUMNS), 1),
          'columns of Table 3 (SASRec), without RECFORMER',
        ),
        seeds: option(
          whole(0),
          'trainings per column, with the seeds 1, 2 and so on; 0: none of these cells',
        ),
      }),
    ),
    recommender: object({
      epochs: option(whole(1), 'maximum epochs of SASRec and BERT4Rec'),
      patience: option(whole(1), 'epochs without a better validation NDCG@10 before training stops'),
      /** The paper's 128 and 256 would leave domains of 300 users two updates per epoch. */
      batch: perBackbone(whole(1), 'users per update'),
      /** Absent: whole batches. */
      pieces: v.optional(
        option(
          whole(1),
          'pieces that a batch is computed in, one after the other, if it does not fit into memory',
        ),
      ),
      passes: perBackbone(whole(1), 'passes over the users per epoch'),
      /** Absent: as many as the passes have. */
      leastUpdates: v.optional(option(whole(1), 'least updates per epoch: few users get more passes')),
      learningRates: perBackbone(
        list(positive, 1),
        'rates from which validation NDCG@10 chooses, on the first seed',
        'D5',
      ),
      sensitivity: option(positives, 'rates whose validation is shown for SASRec on the domains of `beyond`'),
      /** Spreads over seeds are conditional on the one language model. */
      seeds: option(list(whole(0), 1), 'one training per seed; all share one language model'),
    }),
  });
}

/** How large an experiment is: every value that docs/options.md lists under the profile. */
export interface Profile extends v.InferOutput<ReturnType<typeof profileSchema>> {
  /** Where training and encoding compute; undefined on the CPU. Set by open() and `--provider`. */
  device?: Device;
  /** Of trainings, unless single. Set by open() and `--precision`. */
  precision?: 'mixed';
  /** A user's own data, in place of the domains of this name. Set by open() and `--interactions`. */
  own?: OwnData;
}
export type Repetition = v.InferOutput<typeof repetition>;
export type TableName = (typeof TABLES)[number];

/** The schema of `profile`; `named` is the profile of that name before any value was changed. */
export function schemaOf(profile: Profile, named: Profile): ReturnType<typeof profileSchema> {
  if (profile.given === undefined) {
    const domain = oneOf('domain', simulatedDomains);
    return profileSchema({ profile: named.name, domain, listed: domain });
  }
  const known = [simulatedDomains, named.domains, profile.domains, profile.pretrainingDomains].flat();
  return profileSchema({ profile: named.name, domain: name, listed: oneOf('domain', [...new Set(known)]) });
}

/** @throws InputError for the first value that cannot be meant. */
export function checkProfile(profile: Profile, named: Profile): void {
  const { hidden, heads } = parse(schemaOf(profile, named), profile, 'profile').language;
  if (hidden % heads !== 0)
    throw new InputError(
      'profile language.hidden',
      `expected a multiple of the ${heads} heads (language.heads), got ${hidden}`,
    );
}

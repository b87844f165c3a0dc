/**
 * Profiles: how large an experiment is. A profile is plain values; everything that a result depends on is in it, so that it
 * enters the stages' keys. `smoke` is for tests, `mini` is what `npm run report` runs, `study` is `mini` with more seeds, worlds and
 * pre-trainings, `real` takes Amazon files and a small published model, `paper` has the published hyper-parameters (reference.md).
 */
import type { AmazonSet } from '../data/amazonFiles';
import type { FilterOptions } from '../data/filters';
import type { SimulationSize, SimulationWorld } from '../data/simulation';
import { pretrainingDomains } from '../data/simulation/parameters';
import { InputError, unknownName } from '../errors';
import { checkProfile } from './checkProfile';

/** Data and language model from files. Paths are no part of a result's key; the files' content is. */
export interface GivenFiles {
  /** Folder with the Amazon review files: --data or ELEPHANT_DATA. */
  data: string;
  /** Folder with config.json, model.safetensors and tokenizer.json: --model or ELEPHANT_MODEL. */
  model: string;
  /** Filters of the domains that are pre-trained on, and of those that are only evaluated (D30). */
  pretraining: GivenDomain;
  evaluated: GivenDomain;
}

interface GivenDomain extends FilterOptions {
  /** Which review file; "any": the first that exists of 5-core, full, ratings. */
  set: AmazonSet | 'any';
  /** Users of a domain at most, a seeded draw; 0: all. */
  users: number;
}

export interface Profile {
  name: string;
  /** Absent where data and language model are the embedded ones. */
  given?: GivenFiles;
  /** The simulated domains: world and size as in data/simulation. Without meaning where files are given. */
  simulation: { world: SimulationWorld; size: SimulationSize; seed: number };
  /** Domains that are evaluated (Tables 3-5), and those that are pre-trained on. */
  domains: string[];
  pretrainingDomains: string[];
  /** What is computed: tables and Figure 2, and Table 3's backbones. */
  tables: TableName[];
  backbones: Backbone[];
  /** Threads of one language stage (LF, PT, FT): more than one where little else can run beside it. Part of the results' keys. */
  languageThreads: number;
  /** LF. The embedded one: a Longformer from nothing on plain sentences. Of a given one, sizes are for estimates; window and seed are used. */
  language: {
    layers: number;
    heads: number;
    hidden: number;
    window: number;
    vocabulary: number;
    sentences: number;
    epochs: number;
    batch: number;
    learningRate: number;
    /** Of LF, PT and FT. */
    seed: number;
  };
  /** RECFORMER's input (reference.md 3): tokens of one attribute with its name, tokens of a sequence. */
  input: { maxAttributeLength: number; maxTokens: number };
  /** Stage PT; `batch` pairs are each other's negatives, `accumulation` such groups make an update. */
  pretrain: {
    epochs: number;
    batch: number;
    accumulation: number;
    learningRate: number;
    /** Share of the sequences whose contrastive accuracy selects the epoch (D29). */
    heldOut: number;
    fractions: number[];
  };
  /** Stages FT1 and FT2; the epochs are those of one stage. */
  finetune: { epochs: number; patience: number; batch: number; accumulation: number; learningRate: number; warmup: number };
  /** Where the language stages' source leaves room (reference.md 13): our defaults, each with its other reading. */
  decisions: {
    /** D27, LF: rows of the item positions, which no published model has, drawn or zero. */
    itemPositions: 'normal' | 'zero';
    /** D28, PT: validation and test items of the domains that are evaluated later. "in" shows pre-training what it is tested on. */
    targets: 'out' | 'in';
    /** D24, PT: weight of the masked-token loss; 0.4 is what 4 GPUs made of the authors' 0.1. */
    maskedWeight: number;
    /** D25, PT: masked tokens are a share of the real tokens, or of the padded ones as coded. */
    maskBudget: 'real' | 'padded';
    /** D26, PT: word embeddings are not trained. */
    freezeWords: boolean;
    /** D23, FT: whether the first item of a history is a label too. */
    emptyHistory: 'kept' | 'left out';
    /** D21, FT: the decay after the ramp. */
    schedule: 'coded' | 'usual';
  };
  /** Figure 1: domains, and sequences over which its statistics are averaged. */
  attention: { domains: string[]; sequences: number };
  /** Table 1: the domain of the table, those where only the text gives a number, and the stages that tune the layers alone (D36). */
  layerSets: { domain: string; also: string[]; restricted: 'FT' | 'PT and FT' };
  /** Table 5. */
  withID: string[];
  /** Domains of the tables beyond the paper that need runs of their own. */
  beyond: string[];
  /** Domains of the table beyond the paper that has all item tables at one scale. */
  equalScales: string[];
  /** Figure 2's shares that are also pre-trained with as many updates as all sequences have (D40). */
  equalUpdates: number[];
  /** Figure 2. */
  fractionDomains: string[];
  /** Table 3 again, from nothing: in other simulated worlds, from other seeds of every stage (repetitions.ts). */
  repetitions: { runs: Repetition[]; backbones: Backbone[]; learningRates: Record<Backbone, number[]> };
  recommender: {
    /** Epochs at most, and epochs without a better validation NDCG@10 before training stops. */
    epochs: number;
    patience: number;
    /** Users per update. The paper's 128 and 256 would leave domains of 300 users two updates an epoch. */
    batch: Record<Backbone, number>;
    /** Passes over the users that make an epoch (training/recommender/options). */
    passes: Record<Backbone, number>;
    /** Grid from which validation NDCG@10 chooses, on the first seed. */
    learningRates: Record<Backbone, number[]>;
    /** Rates whose validation is shown for SASRec on the domains of `beyond`, where its grid is one rate. */
    sensitivity: number[];
    /** Each seed is a run of its own; all share one language model, so spreads are conditional on it. */
    seeds: number[];
  };
}

export interface Repetition {
  world: SimulationWorld;
  seed: number;
}

export type Backbone = 'SASRec' | 'BERT4Rec';
export type TableName = 'table1' | 'table3' | 'table4' | 'table5' | 'figure2';

/** The paper's grid of learning rates. */
const GRID = [3e-4, 1e-3, 3e-3, 1e-2];

const mini: Profile = {
  name: 'mini',
  simulation: { world: 'calibrated', size: 'mini', seed: 1 },
  domains: ['Arts', 'Instruments', 'Pantry', 'Sports', 'Movies'],
  pretrainingDomains: [...pretrainingDomains],
  tables: ['table1', 'table3', 'table4', 'table5', 'figure2'],
  backbones: ['SASRec', 'BERT4Rec'],
  languageThreads: 1,
  language: { layers: 12, heads: 4, hidden: 48, window: 64, vocabulary: 1500, sentences: 20_000, epochs: 3, batch: 64, learningRate: 2e-3, seed: 1 },
  input: { maxAttributeLength: 12, maxTokens: 96 },
  pretrain: { epochs: 5, batch: 32, accumulation: 1, learningRate: 2e-3, heldOut: 0.1, fractions: [0.01, 0.02, 0.1, 0.2, 0.5] },
  finetune: { epochs: 8, patience: 2, batch: 16, accumulation: 1, learningRate: 5e-4, warmup: 20 },
  decisions: { itemPositions: 'normal', targets: 'out', maskedWeight: 0.1, maskBudget: 'real', freezeWords: true, emptyHistory: 'kept', schedule: 'coded' },
  attention: { domains: ['Pantry', 'Instruments'], sequences: 30 },
  layerSets: { domain: 'Pantry', also: [], restricted: 'FT' },
  withID: ['Arts', 'Pantry', 'Sports'],
  beyond: ['Pantry'],
  // Those of Table 5: all five would take longer, and study has them.
  equalScales: ['Arts', 'Pantry', 'Sports'],
  equalUpdates: [],
  fractionDomains: ['Pantry'],
  repetitions: { runs: [], backbones: [], learningRates: { SASRec: [], BERT4Rec: [] } },
  // From validation (base, freeze and trainable columns on two domains), after test results of shorter trainings had been seen. Item tables as a language model gives them spread 13 to
  // 15 times as wide as SASRec's random one and learn slowly: for the first 60 to 160 passes over the users (trainable, all domains; one
  // run of 15 never gets further) they rank the popular items, so patience must outlast that. At 3e-3 they need longer still, at 12e-3
  // they never leave; the random table is as good at 6e-3 as at 3e-3. BERT4Rec, with a label or two a history and pass, is better or as
  // good at 3e-3, and not worse from half as many users an update; from so few SASRec stays with the popular items for longer.
  recommender: {
    epochs: 80, patience: 40, batch: { SASRec: 64, BERT4Rec: 32 }, passes: { SASRec: 4, BERT4Rec: 2 },
    learningRates: { SASRec: [6e-3], BERT4Rec: [3e-3] }, sensitivity: [2e-3, 6e-3, 18e-3], seeds: [1],
  },
};

const PROFILES: Record<string, Profile> = {
  smoke: {
    ...mini,
    name: 'smoke',
    domains: ['Pantry'],
    language: { ...mini.language, hidden: 16, heads: 2, vocabulary: 600, sentences: 500, epochs: 1 },
    pretrain: { ...mini.pretrain, epochs: 1, batch: 64, fractions: [0.1] },
    finetune: { ...mini.finetune, epochs: 1, patience: 1, batch: 64 },
    equalUpdates: [0.1],
    attention: { domains: ['Pantry'], sequences: 3 },
    withID: ['Pantry'],
    equalScales: ['Pantry'],
    recommender: { ...mini.recommender, epochs: 2, patience: 2, passes: { SASRec: 1, BERT4Rec: 1 } },
  },
  mini,
  study: {
    ...mini,
    name: 'study',
    layerSets: { domain: 'Pantry', also: ['Arts', 'Instruments'], restricted: 'PT and FT' },
    equalUpdates: [0.1],
    equalScales: mini.domains,
    repetitions: {
      runs: [{ world: 'calibrated', seed: 2 }, { world: 'rho0', seed: 1 }, { world: 'sigma0', seed: 1 }],
      backbones: ['SASRec'],
      learningRates: mini.recommender.learningRates,
    },
    recommender: { ...mini.recommender, seeds: [1, 2, 3] },
  },
};

/** Sizes of `real` are for MiniLM (6 layers, width 384), one evaluated domain and 40 minutes on two cores. */
PROFILES.real = {
  ...mini,
  name: 'real',
  given: {
    data: '',
    model: '',
    pretraining: { set: 'any', minUserInteractions: 5, users: 330 },
    evaluated: { set: 'any', minUserInteractions: 4, users: 0 },
  },
  domains: ['Office_Products'],
  pretrainingDomains: ['Beauty', 'Sports', 'Toys'],
  tables: ['table3'],
  backbones: ['SASRec'],
  languageThreads: 2,
  language: { ...mini.language, layers: 6, heads: 12, hidden: 384, window: 64, vocabulary: 30_522 },
  input: { maxAttributeLength: 24, maxTokens: 128 },
  // 16 pairs of up to 149 tokens, plain and masked: about 5 GiB at this width, most of it activations.
  pretrain: { epochs: 2, batch: 16, accumulation: 1, learningRate: 5e-5, heldOut: 0.02, fractions: [] },
  finetune: { epochs: 2, patience: 1, batch: 16, accumulation: 2, learningRate: 5e-5, warmup: 20 },
  attention: { domains: [], sequences: 30 },
  layerSets: { domain: 'Office_Products', also: [], restricted: 'FT' },
  withID: ['Office_Products'],
  beyond: [],
  equalScales: [],
  fractionDomains: ['Office_Products'],
  recommender: { epochs: 40, patience: 4, batch: { SASRec: 128, BERT4Rec: 128 }, passes: { SASRec: 1, BERT4Rec: 1 }, learningRates: { SASRec: [1e-3, 3e-3], BERT4Rec: [1e-3, 3e-3] }, sensitivity: [], seeds: [1] },
};

PROFILES.paper = {
  ...mini,
  name: 'paper',
  given: {
    data: '',
    model: '',
    // Table 2's pre-training domains look like a tenth of the users of the 5-core files (reference.md 2.2).
    pretraining: { set: '5core', minUserInteractions: 5, minItemInteractions: 0, userShare: 0.1, users: 0 },
    evaluated: { set: 'full', minUserInteractions: 4, minItemInteractions: 0, users: 0 },
  },
  language: { ...mini.language, layers: 12, heads: 12, hidden: 768, window: 64, vocabulary: 50_265 },
  input: { maxAttributeLength: 32, maxTokens: 1024 },
  pretrain: { epochs: 32, batch: 64, accumulation: 8, learningRate: 5e-5, heldOut: 0.02, fractions: [0.0001, 0.001, 0.01, 0.02, 0.1, 0.2, 0.5] },
  finetune: { epochs: 128, patience: 5, batch: 16, accumulation: 8, learningRate: 5e-5, warmup: 100 },
  layerSets: { domain: 'Pantry', also: ['Arts', 'Instruments'], restricted: 'PT and FT' },
  beyond: [],
  equalScales: [],
  fractionDomains: ['Arts', 'Instruments', 'Pantry', 'Sports', 'Movies'],
  recommender: { epochs: 200, patience: 10, batch: { SASRec: 128, BERT4Rec: 256 }, passes: { SASRec: 1, BERT4Rec: 1 }, learningRates: { SASRec: GRID, BERT4Rec: GRID }, sensitivity: [], seeds: [42] },
};

export const PROFILE_NAMES: readonly string[] = Object.keys(PROFILES);

/**
 * The profile of that name with overrides such as "recommender.epochs=3" applied; values are JSON.
 * @throws InputError for a name that there is none of, and for a value that cannot be meant.
 */
export function profile(name: string, overrides: readonly string[] = []): Profile {
  if (!Object.hasOwn(PROFILES, name)) throw unknownName('profile', 'profile', name, PROFILE_NAMES);
  const result = structuredClone(PROFILES[name]);
  for (const override of overrides) apply(result as unknown as Tree, override);
  checkProfile(result, PROFILES[name]);
  // Tables that are made from Table 3's columns need its domains.
  for (const list of ['withID', 'beyond', 'equalScales', 'fractionDomains'] as const) result[list] = result[list].filter((domain) => result.domains.includes(domain));
  return result;
}

type Tree = { [key: string]: unknown };

function apply(tree: Tree, override: string): void {
  const equals = override.indexOf('=');
  if (equals < 1) throw new InputError('--set', `expected key=value, got "${override}"`, 'For example --set recommender.epochs=3');
  const path = override.slice(0, equals).split('.');
  let node = tree;
  path.forEach((key, depth) => {
    const where = `profile ${path.slice(0, depth).join('.')}`.trim();
    if (!Object.hasOwn(node, key)) throw unknownName(where, 'key', key, Object.keys(node));
    if (depth < path.length - 1) {
      if (typeof node[key] !== 'object' || Array.isArray(node[key])) throw new InputError(where, `"${key}" has no keys of its own`);
      node = node[key] as Tree;
    }
  });
  const last = path[path.length - 1];
  node[last] = parseValue(path.join('.'), override.slice(equals + 1), node[last]);
}

function parseValue(key: string, text: string, present: unknown): unknown {
  let value: unknown;
  try {
    value = typeof present === 'string' ? text : JSON.parse(text);
  } catch {
    throw new InputError(`profile ${key}`, `expected a value like ${JSON.stringify(present)}, got "${text}"`);
  }
  const kind = (v: unknown): string => (Array.isArray(v) ? 'list' : v === null ? 'null' : typeof v);
  if (kind(value) !== kind(present)) {
    throw new InputError(`profile ${key}`, `expected ${kind(present) === 'object' ? 'an' : 'a'} ${kind(present)} like ${JSON.stringify(present)}, got ${text}`);
  }
  return value;
}

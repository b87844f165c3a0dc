/**
 * What a profile holds. Plain values; everything that a result depends on is among them, so that it enters
 * the stages' keys.
 */
import type { AmazonSet } from '../../data/amazonFiles';
import type { FilterOptions } from '../../data/filters';
import type { SimulationSize, SimulationWorld } from '../../data/simulation';

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

export interface GivenDomain extends FilterOptions {
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
  /**
   * Threads of one language stage (LF, PT, FT): more than one where little else can run beside it. Part of
   * the results' keys.
   */
  languageThreads: number;
  /**
   * LF. The embedded one: a Longformer from nothing on plain sentences. Of a given one, sizes are for
   * estimates; window and seed are used.
   */
  language: {
    /**
     * LF and PT as they come with the project (data/models), or trained from scratch. Without meaning where a
     * model is given.
     */
    from: 'released' | 'scratch';
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
  /** RECFORMER's input (method 3): tokens of one attribute with its name, tokens of a sequence. */
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
  finetune: {
    epochs: number;
    patience: number;
    batch: number;
    accumulation: number;
    learningRate: number;
    warmup: number;
  };
  /**
   * Where the language stages' source leaves room (docs/decisions.md): our defaults, each with its other
   * reading.
   */
  decisions: {
    /** D27, LF: rows of the item positions, which no published model has, drawn or zero. */
    itemPositions: 'normal' | 'zero';
    /**
     * D28, PT: validation and test items of the domains that are evaluated later. "in" shows pre-training
     * what it is tested on.
     */
    targets: 'out' | 'in';
    /** D24, PT: weight of the masked-token loss; 0.4 is what 4 GPUs made of the authors' 0.1. */
    maskedWeight: number;
    /** D25, PT: masked tokens are a share of the real tokens, or of the padded ones as coded. */
    maskBudget: 'real' | 'padded';
    /** D52, PT: a batch holds sequences of all domains, or of one. */
    batchMix: 'shuffled' | 'oneDomain';
    /** D26, PT: word embeddings are not trained. */
    freezeWords: boolean;
    /** D23, FT: whether the first item of a history is a label too. */
    emptyHistory: 'kept' | 'left out';
    /** D21, FT: the decay after the ramp. */
    schedule: 'coded' | 'usual';
  };
  /** Figure 1: domains, and sequences over which its statistics are averaged. */
  attention: { domains: string[]; sequences: number };
  /**
   * Table 1: the domain of the table, those where only the text gives a number, and the stages that tune the
   * layers alone (D36).
   */
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
  /**
   * Table 3 again, from nothing: in other simulated worlds, from other seeds of every stage (repetitions.ts).
   */
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
  /** Another mix of domains in a batch of pre-training than the profile's (D52). */
  batchMix?: 'shuffled' | 'oneDomain';
}

export type Backbone = 'SASRec' | 'BERT4Rec';
export type TableName = 'table1' | 'table3' | 'table4' | 'table5' | 'figure2';

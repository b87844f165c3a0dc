/**
 * The paper's experiment as a graph of stages, for one profile: which stages there are and what each takes.
 * The chain is data -> LF -> PT -> FT -> item table -> recommender -> verdicts. Nothing is computed here; a
 * session runs the stages (storeAnswers.ts). chain/ has the configuration of each stage.
 */
import { cellStages } from './cells';
import { attention } from './chain/attention';
import { dataset, domainsOf, itemTokens, oracle, tokenizer } from './chain/data';
import { languageModel, pretrained } from './chain/language';
import { baselines, recommenders } from './chain/rankings';
import { layerSet, recformer, selectedRec } from './chain/recformer';
import { scoreboard } from './chain/scoreboard';
import { controlItemTable, encodedTable, itemTable } from './chain/itemTables';
import type { Profile } from './profiles';
import { remembered } from './remembered';

export class Experiment {
  constructor(readonly profile: Profile) {}

  /** This experiment with some values of its profile changed. */
  readonly with = remembered((changes: Partial<Profile>) => new Experiment({ ...this.profile, ...changes }));

  /** Every domain of the profile, the pre-training ones first. */
  readonly domains = remembered(() => domainsOf(this.profile));
  /** Sequences and item texts of a domain. */
  readonly dataset = remembered((domain: string) => dataset(this, domain));
  /** The best possible ranking of a simulated domain; undefined if data are given, which have none. */
  readonly oracle = remembered((domain: string) => oracle(this, domain));

  readonly tokenizer = remembered(() => tokenizer(this));
  /** Tokens of a domain's items. */
  readonly itemTokens = remembered((domain: string) => itemTokens(this, domain));

  /** The language model before any behaviour. */
  readonly lf = remembered(() => languageModel(this));
  /** LF, pre-trained on the behaviour of the pre-training domains. */
  readonly pt = remembered(pretrained.bind(undefined, this));
  /** PT, fine-tuned on a domain: RECFORMER, and the FT table. */
  readonly recformer = remembered((domain: string) => recformer(this, domain));
  /** RECFORMER with some of its layers tuned (Table 1). */
  readonly layerSet = remembered(layerSet.bind(undefined, this));
  /** Another RECFORMER of the same fine-tuning (Tables 4 and 5). */
  readonly selectedRec = remembered(selectedRec.bind(undefined, this));
  /** What `<s>` attends to, in LF or in RECFORMER (Figure 1). */
  readonly attention = remembered(attention.bind(undefined, this));

  /** The item table of a domain: one vector per item. */
  readonly itemTable = remembered(itemTable.bind(undefined, this));
  /** The item table of any language model. */
  readonly encodedTable = remembered(encodedTable.bind(undefined, this));
  /** An item table with all but one of its properties lost. */
  readonly controlItemTable = remembered(controlItemTable.bind(undefined, this));

  /** SASRec or BERT4Rec on a domain, one stage per seed. */
  readonly recommenders = remembered(recommenders.bind(undefined, this));
  /** Rankings without a trained model. */
  readonly baselines = remembered((domain: string) => baselines(this, domain));

  /** The runs behind a cell of the paper's tables, one per seed; undefined if there is no such cell. */
  readonly cell = remembered(cellStages.bind(undefined, this));
  /** Verdicts on the paper's claims. */
  readonly scoreboard = remembered(() => scoreboard(this));
}

const known = new WeakMap<Profile, Experiment>();

/** The experiment of a profile, the same one each time. */
export function experiment(profile: Profile): Experiment {
  const found = known.get(profile) ?? new Experiment(profile);
  known.set(profile, found);
  return found;
}

/**
 * All views, named as the session's methods, in the order in which a reader meets them. The comment above
 * each is what an editor, or Shift-Tab in a notebook, says of `session.table3`.
 */
export {
  /** What the results depend on: profile, seeds, data fingerprints, versions. `show.provenance` shows it. */
  provenance,
} from './provenance';
export {
  /** A domain's sequences and item texts. */
  dataset,
} from './dataset';
export {
  /** Table 2: statistics of the data, counted. */
  table2,
} from '../tables/table2';
export {
  /** The items of a domain: their texts, and in how many interactions each is. */
  itemRows,
} from './itemRows';
export {
  /** RECFORMER's input of one evaluated user (numbered from 0), token by token. */
  inputExample,
} from './inputExample';
export {
  /**
   * One evaluated user (numbered from 0): the history, the five items that three models put first, the rank
   * of the item that really came next, and what `<s>` attends to, by word. `show.user` shows it.
   */
  user,
} from './user';
export {
  /** How many numbers each model learns, at the paper's size and at this profile's. */
  modelSizes,
} from './modelSizes';
export {
  /** Figure 1: what `<s>` attends to, by layer and head. `figures.figure1` draws it. */
  figure1,
} from './attentionMaps';
export {
  /** Table 1: RECFORMER with some of its layers tuned. */
  table1,
} from '../tables/table1';
export {
  /** How far LF, PT and FT got in learning, before their columns are believed. */
  languageLearning,
} from './languageLearning';
export {
  /** Table 3: SASRec or BERT4Rec started from each item table, among 100 sampled negatives. */
  table3,
  /** The runs of Table 3, ranked among all items of their domain. */
  table3AllItems,
} from '../tables/table3';
export {
  /**
   * Loss and validation NDCG@10 by epoch, for columns of Table 3 (SASRec). `figures.trainingCurves` draws
   * them.
   */
  trainingCurves,
} from './trainingCurves';
export {
  /** NDCG@10 by how many items a user has had, for columns of Table 3 (SASRec). */
  historyLengths,
} from './historyLengths';
export {
  /** The item table of a domain, from LF, PT, FT or its words alone ("lexical"): a vector per item. */
  itemTable,
} from './itemTable';
export {
  /** An item table as a map: each item's two leading principal components. `figures.itemMap` draws it. */
  itemMap,
} from './itemMap';
export {
  /** An item (an id, from 1) and the items most like it in an item table. */
  nearestItems,
} from './nearestItems';
export {
  /** Table 4: SASRec and RECFORMER, ranked among all items. */
  table4,
} from '../tables/table4';
export {
  /** Table 5: further ways to join RECFORMER and SASRec. */
  table5,
} from '../tables/table5';
export {
  /** Figure 2: NDCG@10 by the share of the pre-training data. `figures.figure2` draws it. */
  figure2,
  /** Figure 2's points at equal numbers of updates: is it the data or the updates? */
  equalUpdates,
  /** The paper's shares that would leave this profile too few sequences. */
  sharesOutOfReach,
} from './pretrainingSize';
export {
  /** Beyond the paper: Table 3 with one loss, the softmax, for all models. */
  oneLoss,
} from '../controls/oneLoss';
export {
  /** Beyond the paper: tables that keep one property of FT (spectrum, scale, meaning) and lose another. */
  controlTables,
} from '../controls/controlTables';
export {
  /** Beyond the paper: every table at the scale of the random one it replaces. */
  equalScales,
} from '../controls/equalScales';
export {
  /** Beyond the paper: some columns of Table 3 (SASRec) with many seeds. */
  manySeeds,
} from '../controls/manySeeds';
export {
  /** Beyond the paper: full ranking without the items of the user's history. */
  historyMasked,
} from '../controls/historyMasked';
export {
  /**
   * Beyond the paper: test results by how often the target was trained on, for columns of Table 3
   * (SASRec).
   */
  coldItems,
} from '../controls/coldItems';
export {
  /** Beyond the paper: each column's NDCG@10 as a share of the oracle's. Simulated data alone. */
  shareOfOracle,
} from '../controls/shareOfOracle';
export {
  /**
   * Beyond the paper: what an item table gains as texts, users, scale or pre-training change (profile when).
   * `figures.whenItHelps` draws it.
   */
  whenItHelps,
} from './whenItHelps';
export {
  /** The claims again with other seeds and batches, and in the control worlds. */
  repetitions,
} from '../repetitions';
export {
  /** Best validation NDCG@10 at each learning rate tried. `figures.learningRates` draws it. */
  learningRates,
} from './learningRates';
export {
  /**
   * The verdict on each claim of the paper, with its effect and 95 % interval. `figures.scoreboard` draws
   * it.
   */
  scoreboard,
} from './scoreboard';
export {
  /** What the stages cost, estimated. */
  cost,
} from './cost';

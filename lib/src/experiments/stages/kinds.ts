/**
 * The kinds of stages and the files that compute them. A file is loaded only when one of its stages must run.
 */
import { extname, join } from 'node:path';
import type { StageKind } from '../../pipeline/stage';

const kind = (name: string): StageKind => ({ name, file: join(__dirname, `${name}${extname(__filename)}`) });

export const kinds = {
  /** A simulated domain. */
  dataset: kind('dataset'),
  /** A domain of Amazon reviews from a folder. */
  amazonDataset: kind('amazonDataset'),
  /** The tokenizer of a given language model. */
  givenTokenizer: kind('givenTokenizer'),
  /** LF: a given language model. */
  givenLanguage: kind('givenLanguage'),
  /** Lexical item table: TF-IDF, truncated SVD. */
  lexical: kind('lexical'),
  /** A table that keeps one property of another. */
  controlTable: kind('controlTable'),
  /** The vocabulary of the embedded language. */
  tokenizer: kind('tokenizer'),
  /** Tokens of a domain's items. */
  itemTokens: kind('itemTokens'),
  /** LF: a language model from plain sentences. */
  language: kind('language'),
  /** LF or PT as it comes with the project. */
  releasedModel: kind('releasedModel'),
  /** PT: pre-training on behaviour. About 3 GiB at the size of mini. */
  pretrain: { ...kind('pretrain'), oneAtATime: true },
  /** FT1 and FT2 on one domain: REC, the FT table and, where asked, REC.trainable. */
  finetune: kind('finetune'),
  /** One REC of a fine-tuning that kept several. */
  selectedRec: kind('selectedRec'),
  /** Item table of a language model. */
  encode: kind('encode'),
  /** What `<s>` attends to in a language model. */
  attention: kind('attention'),
  /** SASRec or BERT4Rec: learning rate by validation, then the test. */
  recommender: kind('recommender'),
  /** The best possible ranking of simulated data. */
  oracle: kind('oracle'),
  /** Verdicts on the paper's claims. */
  scoreboard: kind('scoreboard'),
  /** Rankings without a trained model. */
  baselines: kind('baselines'),
} as const;

/**
 * The kinds of stages and the files that compute them. What a kind takes and gives is read off its file's
 * `run`; the file itself is loaded only when one of its stages must run.
 */
import { extname, join } from 'node:path';
import type { StageFunction, StageKind } from '../../pipeline/stage';

/** The kind that a stage's file is of. */
type KindOf<File> = File extends { run: StageFunction<infer Config, infer Facts, infer Inputs> }
  ? StageKind<Config, Facts, Inputs>
  : never;

function kind<File>(name: string, more: Pick<StageKind, 'oneAtATime'> = {}): KindOf<File> {
  return { name, file: join(__dirname, `${name}${extname(__filename)}`), ...more } as KindOf<File>;
}

export const kinds = {
  /** A simulated domain. */
  dataset: kind<typeof import('./dataset')>('dataset'),
  /** A domain of Amazon reviews from a folder. */
  amazonDataset: kind<typeof import('./amazonDataset')>('amazonDataset'),
  /** A user's own interactions and items. */
  ownDataset: kind<typeof import('./ownDataset')>('ownDataset'),
  /** The tokenizer of a given language model. */
  givenTokenizer: kind<typeof import('./givenTokenizer')>('givenTokenizer'),
  /** LF: a given language model. */
  givenLanguage: kind<typeof import('./givenLanguage')>('givenLanguage'),
  /** Lexical item table: TF-IDF, truncated SVD. */
  lexical: kind<typeof import('./lexical')>('lexical'),
  /** A table that keeps one property of another. */
  controlTable: kind<typeof import('./controlTable')>('controlTable'),
  /** The vocabulary of the embedded language. */
  tokenizer: kind<typeof import('./tokenizer')>('tokenizer'),
  /** Tokens of a domain's items. */
  itemTokens: kind<typeof import('./itemTokens')>('itemTokens'),
  /** LF: a language model from plain sentences. */
  language: kind<typeof import('./language')>('language'),
  /** LF or PT as it comes with the project. */
  releasedModel: kind<typeof import('./releasedModel')>('releasedModel'),
  /** PT: pre-training on behaviour. About 3 GiB at the size of mini. */
  pretrain: kind<typeof import('./pretrain')>('pretrain', { oneAtATime: true }),
  /** FT1 and FT2 on one domain: REC, the FT table and, if asked for, REC.trainable. */
  finetune: kind<typeof import('./finetune')>('finetune'),
  /** One REC of a fine-tuning that kept several. */
  selectedRec: kind<typeof import('./selectedRec')>('selectedRec'),
  /** Item table of a language model. */
  encode: kind<typeof import('./encode')>('encode'),
  /** What `<s>` attends to in a language model. */
  attention: kind<typeof import('./attention')>('attention'),
  /** SASRec or BERT4Rec: learning rate by validation, then the test. */
  recommender: kind<typeof import('./recommender')>('recommender'),
  /** The best possible ranking of simulated data. */
  oracle: kind<typeof import('./oracle')>('oracle'),
  /** Verdicts on the paper's claims. */
  scoreboard: kind<typeof import('./scoreboard')>('scoreboard'),
  /** Rankings without a trained model. */
  baselines: kind<typeof import('./baselines')>('baselines'),
} as const;

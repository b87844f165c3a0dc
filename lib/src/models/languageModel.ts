/** A language model as all rooms hand it on: read from a published folder, or trained by a language stage. */
import type { NamedHostTensors } from '../engine/types';
import type { EncoderConfig } from './encoder/config';

/** How token vectors become one: the first token's, or the mean of all. */
export type Pooling = 'first' | 'mean';

/** A text encoder: its weights, and what turns a text into its input and a sentence vector. */
export interface LanguageModel {
  readonly config: EncoderConfig;
  readonly weights: NamedHostTensors;
  /** Weights of the head for masked tokens; absent if the file has none. */
  readonly head?: NamedHostTensors;
  readonly padToken: number;
  /** How sentence vectors are made: as the folder says (sentence-transformers), or as asked. */
  readonly pooling: Pooling;
  /** Sentence vectors are divided by their length, as the folder says. */
  readonly normalise: boolean;
  /** Most tokens of a text, including special ones; absent: as many as there are positions. */
  readonly maxTokens?: number;
  /** Texts are lower-cased before they are tokenised. */
  readonly lowerCase?: boolean;
  /** Put before every text. */
  readonly prompt?: string;
}

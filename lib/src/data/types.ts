/**
 * The dataset as every other room sees it: sequences of item ids, item texts, who is evaluated. Readers
 * (Amazon files, own files) and the simulation produce it; models, training, evaluation and report consume
 * it. It never changes once made.
 */

/** What is known of one item in words. A missing value is the empty string (method 2.6). */
export interface ItemText {
  readonly title: string;
  readonly brand: string;
  /** Category names joined by one space. */
  readonly category: string;
}

/** Users left out of validation and test, and why; they stay in training (method 2.5, D31). */
export interface Exclusions {
  /** Fewer than 3 interactions: no validation and test item. */
  readonly tooShort: number;
  /**
   * The validation or the test item never occurs in any user's training part; where targets are judged
   * separately, neither does.
   */
  readonly untrainedTarget: number;
}

/**
 * Sequences of one domain. Users are rows 0..users-1; items are ids 1..items (0 is padding). The history of
 * row u is `sequence.subarray(offsets[u], offsets[u + 1])`, oldest first.
 */
export interface Dataset {
  /** The domain's name, e.g. "Beauty". */
  readonly name: string;
  /** "amazon", "own" or "simulation": simulated data must say so wherever it is shown. */
  readonly kind: 'amazon' | 'own' | 'simulation';
  /** Hash of the content: sequences, keys and texts. Equal content, equal fingerprint. */
  readonly fingerprint: string;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Length users + 1. */
  readonly offsets: Int32Array;
  /** Item ids, length interactions. */
  readonly sequence: Int32Array;
  /** Original key of each user row. */
  readonly userKeys: readonly string[];
  /** Original key of item id i at index i - 1. */
  readonly itemKeys: readonly string[];
  /** Text of item id i at index i - 1; exactly `items` entries. */
  readonly itemTexts: readonly ItemText[];
  /**
   * Rows that are validated and tested, ascending. Where targets are judged separately (D31 option) a row may
   * have one target only that counts: evaluation leaves the other out.
   */
  readonly evaluationUsers: Int32Array;
  readonly exclusions: Exclusions;
}

/** What can be set in BERT4Rec, and every default in one place: the paper's values (method 8.1). */
export interface BERT4RecOptions {
  /**
   * Items of the catalogue, V. Input ids 1..V, 0 is padding, V + 1 the mask; the output has V + 1 classes
   * (class = item id).
   */
  items: number;
  dim: number;
  blocks: number;
  heads: number;
  maxLength: number;
  dropout: number;
  /** D3. "untied": output layer of its own, as coded. "tied": the item table, plus a bias. */
  output: 'untied' | 'tied';
}

/** The paper's values. */
export const BERT4REC_DEFAULTS: Omit<BERT4RecOptions, 'items'> = {
  dim: 768,
  blocks: 2,
  heads: 4,
  maxLength: 50,
  dropout: 0.1,
  output: 'untied',
};

/** Added to the standard deviation, outside the root (method 8.1). */
export const BERT4REC_NORM_EPS = 1e-6;

/** Input id of the mask token: the one after the last item's, items + 1. */
export function maskToken(items: number): number {
  return items + 1;
}

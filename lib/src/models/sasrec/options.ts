/** What can be set in SASRec, and every default in one place: the paper's values (method 7.1). */
export interface SASRecOptions {
  /** Items of the catalogue, V; the table has V + 1 rows, row 0 is padding. */
  items: number;
  /** Width d of item vectors and model. */
  dim: number;
  blocks: number;
  heads: number;
  /** Slots of the padded form; longer histories lose their oldest items. */
  maxLength: number;
  /** Dropout on embeddings, attention weights and feed-forward. */
  dropout: number;
  /**
   * D10. "attended": padded slots take part in attention with the bias vectors, as coded. "masked": they do
   * not, as in the SASRec paper.
   */
  padding: 'attended' | 'masked';
}

/** The paper's values. */
export const SASREC_DEFAULTS: Omit<SASRecOptions, 'items'> = {
  dim: 768,
  blocks: 2,
  heads: 1,
  maxLength: 50,
  dropout: 0.5,
  padding: 'attended',
};

/** eps of all five layer norms (method 7.1). */
export const SASREC_NORM_EPS = 1e-8;

/**
 * What one update of a recommender is fed, and the sizes it may have. Types only; each
 * model makes the values (models/sasrecBatches.ts, models/clozeBatches.ts).
 */
import type { Feeds } from '../../engine/types';
import type { Rounding } from '../fewSizes';

export interface Batch {
  /** Rows of the packed rectangle: the shape that the step must be compiled for. */
  rows: number;
  /** BERT4Rec: length of the list of labelled positions. */
  labelled?: number;
  feeds: Feeds;
}

/** The few sizes of a training run (batchShapes.ts). */
export interface BatchShapes {
  rows: Rounding;
  /** BERT4Rec: labelled positions. */
  labelled: Rounding;
}

/**
 * What a fine-tuning stage stores beside its arrays. Written by finetune.ts; read by selectedBy.ts and the
 * views.
 */
import type { Protocol } from '../../evaluation';
import type { TestFacts } from './storedEvaluation';
import type { StoredModel } from './storedModel';

export interface FinetuneLog {
  epoch: number;
  loss: number | null;
  /** Validation NDCG@10 under the first protocol. */
  validation: number;
  /** The same under every protocol that selects. */
  validations: Partial<Record<Protocol, number>>;
}

interface FinetuneRun {
  epochs: number;
  bestEpoch: number;
  log: FinetuneLog[];
}

/** A test, with the number of users whose target shares its score. */
export interface TiedTestFacts extends TestFacts {
  tiedUsers: Record<Protocol, number>;
}

export interface FinetuneFacts extends TiedTestFacts {
  /** As `stages` absent if nothing was tuned. */
  model?: StoredModel;
  /** Absent if nothing was tuned. */
  stages?: Record<'FT1' | 'FT2', FinetuneRun> & { trainable?: FinetuneRun };
  /** D20: the FT table is that of the untuned weights, since the first epoch was the best. */
  tableIsUntuned?: boolean;
  /** Which epoch each protocol selected. The arrays of a further protocol's REC: see selectedBy. */
  selected?: Partial<
    Record<
      Protocol,
      TiedTestFacts & {
        stage: 'FT1' | 'FT2';
        epoch: number;
      }
    >
  >;
  /** REC.trainable, if a second FT2 trained the table as well; its ranks: see trainableRec. */
  trainable?: TiedTestFacts;
}

/** Of a fine-tuning that tuned something: it leaves a model. */
export interface TunedFacts extends FinetuneFacts {
  model: StoredModel;
}

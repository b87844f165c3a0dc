/**
 * What a fine-tuning stage stores beside its arrays. Written by finetune.ts; read by selectedBy.ts and the
 * views.
 */
import type { Metrics, Protocol } from '../../evaluation';

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

export interface FinetuneJson {
  test: Record<Protocol, Metrics>;
  tiedUsers: Record<Protocol, number>;
  /** Absent where nothing was tuned. */
  stages?: Record<'FT1' | 'FT2', FinetuneRun> & { trainable?: FinetuneRun };
  /** D20: the FT table is that of the untuned weights, since the first epoch was the best. */
  tableIsUntuned?: boolean;
  /** Which epoch each protocol selected. The arrays of a further protocol's REC: see selectedBy. */
  selected?: Partial<
    Record<
      Protocol,
      {
        stage: 'FT1' | 'FT2';
        epoch: number;
        test: Record<Protocol, Metrics>;
        tiedUsers: Record<Protocol, number>;
      }
    >
  >;
  /** REC.trainable, where a second FT2 trained the table as well; its ranks: see trainableRec. */
  trainable?: { test: Record<Protocol, Metrics>; tiedUsers: Record<Protocol, number> };
}

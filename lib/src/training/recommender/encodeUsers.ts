/**
 * Output vectors of all evaluation users of a split, from packed runs of the encoder. The packing is fixed by the dataset, so a
 * user's vector is the same to the bit whatever is evaluated. Called by modelRanker.
 */
import { type Dataset, type EvaluationSplit, history } from '../../data';
import type { CompiledProgram } from '../../engine/types';
import { maskToken } from '../../models/bert4rec';
import type { RecommenderOptions } from './options';
import { packSequences } from './packedFeeds';

/** Packed rows per run of the encoder. */
export const ROWS_PER_RUN = 64;

export interface EncoderRun {
  feeds: Record<string, Int32Array>;
  /** Index of the evaluation user and the flat position of that user's newest item, in turn. */
  ends: Int32Array;
}

/** The packed inputs of all evaluation users, cut into runs of ROWS_PER_RUN rows. */
export function encoderRuns(dataset: Dataset, split: EvaluationSplit, { model, maxLength }: RecommenderOptions): EncoderRun[] {
  const sequences = Array.from(dataset.evaluationUsers, (row) => {
    const items = history(dataset, row, split);
    if (model !== 'bert4rec') return items.subarray(-maxLength);
    // The newest 49 items, then the mask token, whose output is the prediction (reference.md 8.4).
    const masked = new Int32Array(Math.min(items.length + 1, maxLength)).fill(maskToken(dataset.items));
    masked.set(items.subarray(items.length - masked.length + 1));
    return masked;
  });
  const { plan, feeds } = packSequences(sequences, maxLength);
  const runs: EncoderRun[] = [];
  const endsOf: number[][] = [];
  plan.row.forEach((row, user) => {
    const place = (row % ROWS_PER_RUN) * maxLength + plan.start[user] + plan.length[user] - 1;
    (endsOf[Math.floor(row / ROWS_PER_RUN)] ??= []).push(user, place);
  });
  const size = ROWS_PER_RUN * maxLength;
  endsOf.forEach((ends, run) => {
    const cut = Object.fromEntries(
      Object.entries(feeds).map(([name, all]) => {
        const part = new Int32Array(size);
        part.set(all.subarray(run * size, (run + 1) * size));
        return [name, part];
      }),
    );
    runs.push({ feeds: cut, ends: Int32Array.from(ends) });
  });
  return runs;
}

/** [users, dim] */
export async function encode(encoder: CompiledProgram, runs: EncoderRun[], users: number, dim: number): Promise<Float32Array> {
  const vectors = new Float32Array(users * dim);
  for (const { feeds, ends } of runs) {
    const { hidden } = await encoder.run(feeds);
    for (let i = 0; i < ends.length; i += 2) {
      vectors.set((hidden.data as Float32Array).subarray(ends[i + 1] * dim, (ends[i + 1] + 1) * dim), ends[i] * dim);
    }
  }
  return vectors;
}

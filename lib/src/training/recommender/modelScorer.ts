/**
 * Scores of a trained recommender for evaluation. All evaluation users of a split are encoded once, packed by one fixed plan, then
 * scored in blocks of one fixed size: a user's scores do not depend on who else is asked for.
 */
import { type Dataset, type EvaluationSplit, history } from '../../data';
import type { CompiledProgram, Engine, State } from '../../engine/types';
import type { Scorer } from '../../evaluation';
import { maskToken } from '../../models/bert4rec';
import type { RecommenderOptions } from './options';
import { packSequences } from './packedFeeds';
import { encodeProgram, scoreProgram } from './programs';

/** Packed rows per run of the encoder, users per run of the product. */
const ROWS_PER_RUN = 64;
const USERS_PER_RUN = 128;

export interface ModelScorer extends Scorer {
  /** Call after the weights have changed: what was encoded is forgotten. */
  refresh(): void;
  dispose(): void;
}

export async function modelScorer(engine: Engine, state: State, dataset: Dataset, options: RecommenderOptions): Promise<ModelScorer> {
  const encoder = await engine.compile(encodeProgram(options, dataset.items, ROWS_PER_RUN), state);
  const product = await engine.compile(scoreProgram(options, USERS_PER_RUN), state);
  const inputs = new Map<EvaluationSplit, EncoderRun[]>();
  const encoded = new Map<EvaluationSplit, Float32Array>();
  const { dim } = options;
  const width = dataset.items + 1;

  const vectorsOf = async (split: EvaluationSplit): Promise<Float32Array> => {
    let vectors = encoded.get(split);
    if (vectors === undefined) {
      let runs = inputs.get(split);
      if (runs === undefined) inputs.set(split, (runs = encoderRuns(dataset, split, options)));
      encoded.set(split, (vectors = await encode(encoder, runs, dataset.evaluationUsers.length, dim)));
    }
    return vectors;
  };

  return {
    name: options.model,
    async scores(split, first, count) {
      const vectors = await vectorsOf(split);
      const result = new Float32Array(count * width);
      for (let done = 0; done < count; ) {
        // Blocks are cut at multiples of USERS_PER_RUN, so a user always stands in the same place of the same product.
        const user = first + done;
        const block = user - (user % USERS_PER_RUN);
        const hidden = new Float32Array(USERS_PER_RUN * dim);
        hidden.set(vectors.subarray(block * dim, (block + USERS_PER_RUN) * dim));
        const { scores } = await product.run({ hidden });
        const taken = Math.min(count - done, block + USERS_PER_RUN - user);
        if (taken === USERS_PER_RUN && count === USERS_PER_RUN) return scores.data as Float32Array;
        result.set((scores.data as Float32Array).subarray((user - block) * width, (user - block + taken) * width), done * width);
        done += taken;
      }
      return result;
    },
    refresh: () => encoded.clear(),
    dispose() {
      encoder.dispose();
      product.dispose();
    },
  };
}

interface EncoderRun {
  feeds: Record<string, Int32Array>;
  /** Index of the evaluation user and the flat position of that user's newest item, in turn. */
  ends: Int32Array;
}

/** The packed inputs of all evaluation users, cut into runs of ROWS_PER_RUN rows. */
function encoderRuns(dataset: Dataset, split: EvaluationSplit, { model, maxLength }: RecommenderOptions): EncoderRun[] {
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

async function encode(encoder: CompiledProgram, runs: EncoderRun[], users: number, dim: number): Promise<Float32Array> {
  const vectors = new Float32Array(users * dim);
  for (const { feeds, ends } of runs) {
    const { hidden } = await encoder.run(feeds);
    for (let i = 0; i < ends.length; i += 2) {
      vectors.set((hidden.data as Float32Array).subarray(ends[i + 1] * dim, (ends[i + 1] + 1) * dim), ends[i] * dim);
    }
  }
  return vectors;
}

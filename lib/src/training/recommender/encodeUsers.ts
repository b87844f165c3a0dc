/**
 * Output vectors of all evaluation users of a split, from packed runs of the encoder. The packing is fixed by
 * the dataset, so a user's vector is the same to the bit whatever is evaluated.
 */
import type { RowPlan } from '../../data/packing';
import { type EvaluationSplit, history } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { CompiledProgram } from '../../engine/types';
import { maskToken } from '../../models/bert4rec';
import type { RecommenderOptions } from './options';
import { type PackedBatch, packSequences } from './packedFeeds';

/** Packed rows per run of the encoder, at most. */
const MOST_ROWS = 64;

/**
 * The packed inputs of all evaluation users of both splits, in runs of one shape: `rows` packed rows, an
 * output at `places` positions.
 */
export interface EncoderRuns {
  rows: number;
  places: number;
  validation: EncoderRun[];
  test: EncoderRun[];
}

export interface EncoderRun {
  /** Of encodeProgram. The newest position of each user is a place; places left over are 0. */
  feeds: Record<string, Int32Array>;
  /** Index of the evaluation user at each place that is used. */
  users: Int32Array;
}

export function encoderRuns(dataset: Dataset, options: RecommenderOptions): EncoderRuns {
  const [validation, test] = (['validation', 'test'] as const).map((split) =>
    packSequences(inputs(dataset, split, options), options.maxLength, (rows) => rows),
  );
  // Validation comes every epoch, so its rows fill the runs; the test's, which are more, take as many such
  // runs as they need.
  const needed = Math.max(1, validation.plan.rows);
  const rows = Math.ceil(needed / Math.ceil(needed / MOST_ROWS));
  const [validated, tested] = [validation, test].map(({ plan }) =>
    usersOfRuns(plan, Math.ceil(plan.rows / rows)),
  );
  const places = [...validated, ...tested].reduce((most, users) => Math.max(most, users.length), 1);
  return {
    rows,
    places,
    validation: cutRuns(validation, validated, rows, places),
    test: cutRuns(test, tested, rows, places),
  };
}

/** What the model sees of each evaluation user, oldest first. */
function inputs(
  dataset: Dataset,
  split: EvaluationSplit,
  { model, maxLength }: RecommenderOptions,
): Int32Array[] {
  return Array.from(dataset.evaluationUsers, (row) => {
    const items = history(dataset, row, split);
    if (model !== 'bert4rec') return items.subarray(-maxLength);
    // The newest 49 items, then the mask token, whose output is the prediction (method 8.4).
    const masked = new Int32Array(Math.min(items.length + 1, maxLength)).fill(maskToken(dataset.items));
    masked.set(items.subarray(items.length - masked.length + 1));
    return masked;
  });
}

/**
 * The users of each of `count` runs, rows being dealt out in turn: long histories come in the first rows and
 * many short ones in the last, so this gives every run about as many users, and places are few.
 */
function usersOfRuns({ row }: RowPlan, count: number): number[][] {
  const users: number[][] = Array.from({ length: count }, () => []);
  row.forEach((at, user) => users[at % count].push(user));
  return users;
}

function cutRuns(
  { plan, feeds }: PackedBatch,
  usersOf: number[][],
  rows: number,
  places: number,
): EncoderRun[] {
  const { rowLength, row, start, length } = plan;
  const count = usersOf.length;
  const part = (all: Int32Array, run: number): Int32Array => {
    const cut = new Int32Array(rows * rowLength);
    for (let k = 0; k * count + run < plan.rows; k++) {
      const from = (k * count + run) * rowLength;
      cut.set(all.subarray(from, from + rowLength), k * rowLength);
    }
    return cut;
  };
  return usersOf.map((users, run) => {
    const ends = new Int32Array(places);
    users.forEach(
      (user, k) => (ends[k] = Math.floor(row[user] / count) * rowLength + start[user] + length[user] - 1),
    );
    const cut = Object.fromEntries(Object.entries(feeds).map(([name, all]) => [name, part(all, run)]));
    return { feeds: { ...cut, places: ends }, users: Int32Array.from(users) };
  });
}

/** [users, dim] */
export async function encode(
  encoder: CompiledProgram,
  runs: EncoderRun[],
  users: number,
  dim: number,
): Promise<Float32Array> {
  const vectors = new Float32Array(users * dim);
  for (const run of runs) {
    const data = (await encoder.run(run.feeds)).hidden.data as Float32Array;
    run.users.forEach((user, k) => vectors.set(data.subarray(k * dim, (k + 1) * dim), user * dim));
  }
  return vectors;
}

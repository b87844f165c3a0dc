/**
 * Output vectors of all evaluation users of a split, from packed runs of the encoder. The dataset alone
 * determines the packing, so a user's vector is the same to the bit whatever is evaluated.
 */
import type { RowPlan } from '../../data/packing';
import { type EvaluationSplit, history } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { CompiledProgram } from '../../engine/types';
import { modelInput } from './modelInput';
import type { RecommenderOptions } from './options';
import { type PackedBatch, packSequences } from './packedFeeds';

/** Most packed rows per run of the encoder. */
const MOST_ROWS = 64;

/**
 * The packed inputs of all evaluation users of both splits, in runs of one shape: `rows` packed rows, with
 * outputs at `places` positions.
 */
export interface EncoderRuns {
  rows: number;
  places: number;
  validation: EncoderRun[];
  test: EncoderRun[];
}

export interface EncoderRun {
  /** Inputs of userEncoderProgram. The newest position of each user is a place; unused places are 0. */
  feeds: Record<string, Int32Array>;
  /** Index of the evaluation user at each place that is used. */
  users: Int32Array;
}

export function encoderRuns(dataset: Dataset, options: RecommenderOptions): EncoderRuns {
  const [validation, test] = (['validation', 'test'] as const).map((split) =>
    packSequences(inputs(dataset, split, options), options.maxLength, (rows) => rows),
  );
  // Validation runs in every epoch, so its rows fill the runs. The test has more rows, and takes as many of
  // these runs as it needs.
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

/** What the model reads of each evaluation user. */
function inputs(dataset: Dataset, split: EvaluationSplit, options: RecommenderOptions): Int32Array[] {
  return Array.from(dataset.evaluationUsers, (row) =>
    modelInput(history(dataset, row, split), options, dataset.items),
  );
}

/**
 * The users of each of `count` runs. Rows are dealt out in turn: the first rows have long histories, the last
 * ones many short histories. So every run gets about as many users, and few places are needed.
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

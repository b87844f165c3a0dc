/**
 * Ranks of a trained recommender for evaluation. All evaluation users of a split are encoded once, packed by
 * one fixed plan. They are then scored and counted inside the engine, in blocks of one fixed size. So a
 * user's rank does not depend on which other users are asked for, and no matrix of users x items leaves the
 * engine.
 */
import type { Dataset, EvaluationSplit } from '../../data';
import { NonFiniteError } from '../../engine/errors';
import { allFinite } from '../../engine/nonFinite';
import { STEPS_TAKEN } from '../../engine/step';
import type { CompiledProgram, Engine, NamedHostTensors, State } from '../../engine/types';
import type { RankAnswer, RankCounter, RankQuestion } from '../../evaluation';
import { encode, encoderRuns } from './encodeUsers';
import type { RecommenderOptions } from './options';
import { userEncoderProgram, rankProgram } from './programs';

/** Users and looked-up scores per run of the product. */
const USERS_PER_RUN = 128;
const CANDIDATES_PER_RUN = 128 * USERS_PER_RUN;

export interface ModelRanker extends RankCounter {
  /** Call after the weights have changed: forgets what was encoded. */
  refresh(): void;
  dispose(): void;
}

export async function modelRanker(
  engine: Engine,
  state: State,
  dataset: Dataset,
  options: RecommenderOptions,
): Promise<ModelRanker> {
  const runs = encoderRuns(dataset, options);
  const encoder = await engine.compile(
    userEncoderProgram(options, { items: dataset.items, rows: runs.rows, places: runs.places }),
    state,
  );
  const product = await engine.compile(
    rankProgram(options, { items: dataset.items, users: USERS_PER_RUN, candidates: CANDIDATES_PER_RUN }),
    state,
  );
  const { model, dim } = options;
  const encoded = new Map<EvaluationSplit, Float32Array>();
  const vectorsOf = async (split: EvaluationSplit): Promise<Float32Array> => {
    let vectors = encoded.get(split);
    if (vectors === undefined) {
      vectors = await encode(encoder, runs[split], dataset.evaluationUsers.length, dim);
      await checkFinite(state, vectors, model);
      encoded.set(split, vectors);
    }
    return vectors;
  };
  const countBlock = blockCounter(product, { model, dim, width: dataset.items + 1 });

  return {
    name: model,
    async count(question) {
      const vectors = await vectorsOf(question.split);
      const users = question.targets.length;
      const answer: RankAnswer = {
        above: new Int32Array(users),
        ties: new Int32Array(users),
        targetScores: new Float32Array(users),
        scores: new Float32Array(question.items.length),
      };
      // Blocks are cut at multiples of USERS_PER_RUN, so a user is always at the same place of the same
      // product.
      const { first } = question;
      for (let block = first - (first % USERS_PER_RUN); block < first + users; block += USERS_PER_RUN)
        await countBlock(vectors, question, block, answer);
      return answer;
    },
    refresh: () => encoded.clear(),
    dispose() {
      encoder.dispose();
      product.dispose();
    },
  };
}

type BlockCounter = (
  vectors: Float32Array,
  question: RankQuestion,
  block: number,
  answer: RankAnswer,
) => Promise<void>;

/** Counts for the users of a question that are in one block: `block`..`block` + USERS_PER_RUN - 1. */
function blockCounter(
  product: CompiledProgram,
  { model, dim, width }: { model: string; dim: number; width: number },
): BlockCounter {
  return async (vectors, { first, targets, items, offsets }, block, answer) => {
    const [from, to] = [Math.max(block, first), Math.min(block + USERS_PER_RUN, first + targets.length)];
    const [start, end] = [offsets[from - first], offsets[to - first]];
    const hidden = new Float32Array(USERS_PER_RUN * dim);
    const places = new Int32Array(USERS_PER_RUN);
    const wanted = new Int32Array(end - start);
    hidden.set(vectors.subarray(block * dim, (block + USERS_PER_RUN) * dim));
    for (let user = from; user < to; user++) {
      const row = (user - block) * width;
      places[user - block] = row + targets[user - first];
      const last = offsets[user - first + 1];
      for (let i = offsets[user - first]; i < last; i++) wanted[i - start] = row + items[i];
    }
    // One run, unless more scores are looked up than fit in one. Unused places look up values that nobody
    // reads.
    const candidates = new Int32Array(CANDIDATES_PER_RUN);
    let done = 0;
    do {
      const part = wanted.subarray(done, done + CANDIDATES_PER_RUN);
      candidates.set(part);
      const outputs = await product.run({ hidden, targets: places, candidates });
      fill(model, answer, outputs, { from: from - first, to: to - first, block: block - first });
      const scores = outputs.candidateScores.data as Float32Array;
      answer.scores.set(scores.subarray(0, part.length), start + done);
      done += part.length;
    } while (done < wanted.length);
  };
}

/**
 * A score that is not finite would count as a low one. It can only come from a user's or an item's vector
 * that is not finite. Losses that look at some items only may stay finite although other items' vectors are
 * not.
 */
async function checkFinite(state: State, users: Float32Array, model: string): Promise<void> {
  const items = await state.snapshot((name) => /^(item|output)\/[a-z]+$/.test(name));
  const tensors = Object.entries(items).map(([name, { data }]) => [name, data] as const);
  for (const [name, data] of [...tensors, ['user vectors', users] as const]) {
    if (!allFinite(data)) throw new NonFiniteError(model, (await state.read(STEPS_TAKEN)).data[0], name);
  }
}

/** Copies the counts of users from..to-1 of the question. `block` is the user in row 0 of the product. */
function fill(
  model: string,
  answer: RankAnswer,
  outputs: NamedHostTensors,
  { from, to, block }: { from: number; to: number; block: number },
): void {
  const [above, notBelow, own, padding] = ['above', 'notBelow', 'targetScores', 'paddingScores'].map(
    (name) => outputs[name].data,
  );
  for (let k = from; k < to; k++) {
    const row = k - block;
    if (!Number.isFinite(own[row])) throw new Error(`${model}: expected finite scores, got ${own[row]}`);
    // Column 0 is not an item; the target is not below itself.
    answer.above[k] = above[row] - Number(padding[row] > own[row]);
    answer.ties[k] = notBelow[row] - above[row] - 1 - Number(padding[row] === own[row]);
    answer.targetScores[k] = own[row];
  }
}

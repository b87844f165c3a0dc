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
import type { Engine, NamedHostTensors, State } from '../../engine/types';
import type { RankAnswer, RankCounter } from '../../evaluation';
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
  const encoded = new Map<EvaluationSplit, Float32Array>();
  const { dim } = options;
  const width = dataset.items + 1;

  const vectorsOf = async (split: EvaluationSplit): Promise<Float32Array> => {
    let vectors = encoded.get(split);
    if (vectors === undefined) {
      vectors = await encode(encoder, runs[split], dataset.evaluationUsers.length, dim);
      await checkFinite(state, vectors, options.model);
      encoded.set(split, vectors);
    }
    return vectors;
  };

  return {
    name: options.model,
    async count({ split, first, targets, items, offsets }) {
      const vectors = await vectorsOf(split);
      const users = targets.length;
      const answer: RankAnswer = {
        above: new Int32Array(users),
        ties: new Int32Array(users),
        targetScores: new Float32Array(users),
        scores: new Float32Array(items.length),
      };
      const [hidden, places, candidates] = [
        new Float32Array(USERS_PER_RUN * dim),
        new Int32Array(USERS_PER_RUN),
        new Int32Array(CANDIDATES_PER_RUN),
      ];
      // Blocks are cut at multiples of USERS_PER_RUN, so a user is always at the same place of the same
      // product.
      for (let block = first - (first % USERS_PER_RUN); block < first + users; block += USERS_PER_RUN) {
        const [from, to] = [Math.max(block, first), Math.min(block + USERS_PER_RUN, first + users)];
        const [start, end] = [offsets[from - first], offsets[to - first]];
        const wanted = new Int32Array(end - start);
        hidden.set(vectors.subarray(block * dim, (block + USERS_PER_RUN) * dim));
        places.fill(0);
        for (let user = from; user < to; user++) {
          const row = (user - block) * width;
          places[user - block] = row + targets[user - first];
          const last = offsets[user - first + 1];
          for (let i = offsets[user - first]; i < last; i++) wanted[i - start] = row + items[i];
        }
        // One run, unless more scores are looked up than fit in one. Unused places look up values that nobody
        // reads.
        let done = 0;
        do {
          const part = wanted.subarray(done, done + CANDIDATES_PER_RUN);
          candidates.set(part);
          const outputs = await product.run({ hidden, targets: places, candidates });
          fill(options.model, answer, outputs, { from: from - first, to: to - first, block: block - first });
          answer.scores.set(
            (outputs.candidateScores.data as Float32Array).subarray(0, part.length),
            start + done,
          );
          done += part.length;
        } while (done < wanted.length);
      }
      return answer;
    },
    refresh: () => encoded.clear(),
    dispose() {
      encoder.dispose();
      product.dispose();
    },
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

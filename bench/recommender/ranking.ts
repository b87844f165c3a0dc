/**
 * `bench ranking`: full ranking of all evaluation users with all metrics of all protocols, beside the bare
 * matrix product of users and items in the same engine. Weights are random: no result is looked at.
 */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type Dataset, evaluationNegatives } from '../../lib/src/data';
import { createEngine } from '../../lib/src/engine/engine';
import type { Program } from '../../lib/src/engine/types';
import { evaluate } from '../../lib/src/evaluation';
import { modelRanker } from '../../lib/src/training/recommender/modelRanker';
import { recommenderOptions } from '../../lib/src/training/recommender/options';
import { startingPoint } from '../../lib/src/training/recommender/variants';
import { median } from '../median';

/** Users per product, in both. */
const BLOCK = 128;

export interface RankingRow {
  dim: number;
  users: number;
  items: number;
  /**
   * Seconds of the product alone; of ranks and metrics; of encoding the users, which comes once before.
   * Medians.
   */
  product: number;
  ranking: number;
  encoding: number;
  /** Ranking over product. */
  ratio: number;
}

export async function benchRanking(
  dataset: Dataset,
  {
    dims = [64, 256],
    threads = availableParallelism(),
    rounds = 5,
    onProgress,
  }: {
    dims?: readonly number[];
    threads?: number;
    rounds?: number;
    onProgress?: (line: string) => void;
  } = {},
): Promise<RankingRow[]> {
  // Drawn once per dataset, so no part of an evaluation.
  evaluationNegatives(dataset);
  const rows: RankingRow[] = [];
  for (const dim of dims) {
    const row = await rankingRow(dataset, dim, threads, rounds);
    rows.push(row);
    onProgress?.(
      `d ${dim}: product ${row.product.toFixed(2)} s, ranking ${row.ranking.toFixed(2)} s, ratio ` +
        `${row.ratio.toFixed(2)}`,
    );
  }
  return rows;
}

async function rankingRow(
  dataset: Dataset,
  dim: number,
  threads: number,
  rounds: number,
): Promise<RankingRow> {
  const options = recommenderOptions({ model: 'sasrec', loss: 'ce', dim });
  const engine = await createEngine({ provider: 'cpu', threads });
  try {
    const state = engine.createState(startingPoint(dataset, options).tensors);
    const ranker = await modelRanker(engine, state, dataset, options);
    const product = await engine.compile(bareProduct(dim), state);
    const users = dataset.evaluationUsers.length;
    const hidden = new Float32Array(BLOCK * dim).fill(0.1);
    const times = { product: [] as number[], ranking: [] as number[], whole: [] as number[] };
    const timed = async (list: number[], run: () => Promise<unknown>): Promise<void> => {
      const start = performance.now();
      await run();
      list.push((performance.now() - start) / 1000);
    };
    await evaluate(dataset, ranker, { limit: BLOCK });
    // In turn, so that both see the same machine.
    for (let round = 0; round < rounds; round++) {
      await timed(times.product, async () => {
        for (let first = 0; first < users; first += BLOCK) await product.run({ hidden });
      });
      ranker.refresh();
      await timed(times.whole, () => evaluate(dataset, ranker));
      await timed(times.ranking, () => evaluate(dataset, ranker));
    }
    const [bare, ranking, whole] = [times.product, times.ranking, times.whole].map(median);
    product.dispose();
    ranker.dispose();
    state.dispose();
    return {
      dim,
      users,
      items: dataset.items,
      product: bare,
      ranking,
      encoding: Math.max(0, whole - ranking),
      ratio: ranking / bare,
    };
  } finally {
    await engine.dispose();
  }
}

/** Users by all items; one number of the result leaves the engine. */
function bareProduct(dim: number): Program {
  return {
    name: 'bare product',
    inputs: { hidden: { shape: [BLOCK, dim], dtype: 'float32' } },
    outputs: (params, { hidden }) => ({
      corner: tf.slice(
        tf.matMul(hidden as Tensor2D, params['item/table'] as Tensor2D, false, true),
        [0, 0],
        [1, 1],
      ),
    }),
  };
}

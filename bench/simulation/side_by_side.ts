/**
 * The simulated evaluation domains with what can rank them without a language model: the oracle, popularity, last-item
 * transition, item neighbours, lexical similarity, and SASRec with random items. Test NDCG@10, realised (the targets that were
 * drawn) and expected (over what could have been drawn, oracle.ts). Prints a table, writes bench/results/simulation-side-by-side.json.
 *
 *     node -r ./bench/register.cjs bench/simulation/side_by_side.ts [threads]
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluationDomains, expectedOfScorer, oracleScorer, simulateTruth } from '../../lib/src/data/simulation';
import { evaluate, itemKnn, popularity, textSimilarity, transition, type Scorer } from '../../lib/src/evaluation';
import { lexicalTable } from '../../lib/src/text/lexicalTable';
import { trainRecommender } from '../../lib/src/training/recommender';

interface Row {
  domain: string;
  ranking: string;
  sampled: number;
  full: number;
  /** Absent for SASRec, whose scores stay in the engine. */
  expectedSampled?: number;
  expectedFull?: number;
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

async function main(threads: number): Promise<void> {
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    console.log(Object.values(row).join('\t'));
  };
  console.log(['domain', 'ranking', 'sampled', 'full', 'expected sampled', 'expected full'].join('\t'));
  for (const domain of evaluationDomains) {
    const truth = simulateTruth(domain);
    const { dataset } = truth;
    const scorers: Scorer[] = [
      oracleScorer(truth),
      popularity(dataset),
      transition(dataset),
      itemKnn(dataset),
      textSimilarity(dataset, lexicalTable(dataset.itemTexts, 48, 1), { name: 'lexical' }),
    ];
    for (const scorer of scorers) {
      const { metrics } = await evaluate(dataset, scorer, { split: 'test' });
      const mean = async (negatives: number | 'all'): Promise<number> => {
        const perUser = await expectedOfScorer(truth, scorer, { negatives });
        return round(perUser.reduce((sum, { ndcg }) => sum + ndcg, 0) / perUser.length);
      };
      const [sampled, full] = [round(metrics.sampled['NDCG@10']), round(metrics.full['NDCG@10'])];
      add({ domain, ranking: scorer.name, sampled, full, expectedSampled: await mean(100), expectedFull: await mean('all') });
    }
    const result = await trainRecommender({ model: 'sasrec', dataset, dim: 48, epochs: 40, patience: 4, learningRate: 3e-3, seed: 1, threads });
    add({ domain, ranking: 'SASRec', sampled: round(result.test.sampled['NDCG@10']), full: round(result.test.full['NDCG@10']) });
  }
  const folder = join(__dirname, '../results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'simulation-side-by-side.json');
  writeFileSync(`${file}.partial`, JSON.stringify({ metric: 'NDCG@10 on the test item', world: 'calibrated', size: 'mini', seed: 1, rows }, undefined, 1) + '\n');
  renameSync(`${file}.partial`, file);
}

main(Number(process.argv[2] ?? 1)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

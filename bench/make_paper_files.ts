/**
 * Writes what the profile `paper` reads, at a small fraction of the users: files of the paper's seven domains
 * in the Amazon format, drawn from the embedded shop, and a Longformer of the published size with random
 * weights. With them the profile can be tried end to end without the real files, at its own width and with
 * all of its hyper-parameters. Nobody's data.
 *
 *     node -r ./bench/register.cjs bench/make_paper_files.ts <folder> <users of a domain>
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Dataset } from '../lib/src/data';
import { simulateCorpus, simulateDomain, simulatedDomains } from '../lib/src/data/simulation';
import { RECFORMER_BASE } from '../lib/src/models/encoder/config';
import { initialEncoder } from '../lib/src/models/encoder/parameters';
import { saveModel } from '../lib/src/models/published/saveModel';
import { createRandom } from '../lib/src/random';
import { trainBpe } from '../lib/src/text';

/** Longformer has one token type and no item positions; RECFORMER's are added when it is read. */
const LONGFORMER = { ...RECFORMER_BASE, tokenTypes: 1, itemPositions: 0 };
const [FIRST_DAY, DAY] = [1.4e9, 86_400];

async function main(folder: string, users: number): Promise<void> {
  if (!folder || !(users > 0)) throw new Error('expected: make_paper_files.ts <folder> <users of a domain>');
  const [data, model] = [join(folder, 'data'), join(folder, 'model')];
  for (const path of [data, model]) mkdirSync(path, { recursive: true });
  for (const domain of simulatedDomains)
    writeDomain(data, simulateDomain(domain, { size: 'smoke', seed: 1 }), users);
  await saveModel(
    model,
    {
      config: LONGFORMER,
      weights: initialEncoder(LONGFORMER, createRandom(1)),
      padToken: 1,
      pooling: 'first',
      normalise: false,
    },
    trainBpe(simulateCorpus(), 4096),
  );
}

/** The first `users` users, and the items that they have. */
function writeDomain(folder: string, dataset: Dataset, users: number): void {
  const reviews: string[] = [];
  const seen = new Set<number>();
  for (let user = 0; user < Math.min(users, dataset.users); user++) {
    const history = dataset.sequence.subarray(dataset.offsets[user], dataset.offsets[user + 1]);
    history.forEach((item, k) => {
      seen.add(item);
      reviews.push(
        JSON.stringify({
          reviewerID: dataset.userKeys[user],
          asin: dataset.itemKeys[item - 1],
          overall: 5,
          unixReviewTime: FIRST_DAY + k * DAY,
        }),
      );
    });
  }
  const meta = [...seen]
    .sort((a, b) => a - b)
    .map((item) => {
      const { title, brand, category } = dataset.itemTexts[item - 1];
      return JSON.stringify({ asin: dataset.itemKeys[item - 1], title, brand, category: [category] });
    });
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(folder, `${name}.json.gz`), gzipSync(lines.join('\n')));
  // The profile pre-trains on 5-core files and evaluates on whole ones.
  for (const name of [dataset.name, `${dataset.name}_5`]) write(name, reviews);
  write(`meta_${dataset.name}`, meta);
}

void main(process.argv[2], Number(process.argv[3]));

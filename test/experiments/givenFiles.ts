/**
 * A made folder of Amazon files and a small random language model, for tests of the profiles on files. Not
 * real data.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '../../lib/src/random';
import type { EncoderConfig } from '../../lib/src/models/encoder/config';
import { initialEncoder } from '../../lib/src/models/encoder/parameters';
import { saveModel } from '../../lib/src/models/published/saveModel';
import { trainBpe } from '../../lib/src/text';

const WORDS = [
  'red',
  'blue',
  'small',
  'large',
  'lamp',
  'chair',
  'table',
  'shade',
  'oak',
  'steel',
  'desk',
  'round',
];

/** Reviews and metadata of one domain: `users` with 5 or 6 items each out of `items`. */
export function writeDomain(folder: string, domain: string, { users = 40, items = 30, seed = 1 } = {}): void {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(seed);
  const reviews = Array.from({ length: users }, (_, u) => {
    const start = random.integer(items);
    return Array.from({ length: 5 + (u % 2) }, (__, k) =>
      JSON.stringify({
        reviewerID: `${domain}U${u}`,
        asin: `${domain}A${(start + k * 3) % items}`,
        overall: 5,
        unixReviewTime: 1.3e9 + k * 86400,
      }),
    );
  }).flat();
  const meta = Array.from({ length: items }, (_, i) =>
    JSON.stringify({
      asin: `${domain}A${i}`,
      title: [0, 1, 2].map(() => WORDS[random.integer(WORDS.length)]).join(' '),
      brand: 'Made',
    }),
  );
  writeFileSync(join(folder, `${domain}_5.json.gz`), gzipSync(reviews.join('\n')));
  writeFileSync(join(folder, `meta_${domain}.json.gz`), gzipSync(meta.join('\n')));
}

/** A Longformer of `layers` layers and width 16 with random weights, and a tokenizer. */
export async function writeModel(folder: string, layers = 2): Promise<void> {
  const tokenizer = trainBpe([...WORDS, 'title', 'brand', 'category', 'made'], 300) as {
    model: { vocab: object };
  };
  const config: EncoderConfig = {
    attention: 'window',
    layers,
    heads: 2,
    hidden: 16,
    intermediate: 32,
    vocabulary: 300,
    positions: 80,
    positionOffset: 2,
    tokenTypes: 1,
    itemPositions: 0,
    window: 16,
    normEps: 1e-5,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    initializerStd: 0.02,
  };
  const weights = initialEncoder(config, createRandom(3));
  await saveModel(folder, { config, weights, padToken: 1, pooling: 'first', normalise: false }, tokenizer);
}

/** What makes the profile "real" as small as these files. */
export const TINY = [
  'domains=["Lamps"]',
  'pretrainingDomains=["Chairs"]',
  'layerSets.domain=Lamps',
  'withID=["Lamps"]',
  'fractionDomains=["Lamps"]',
  'input.maxTokens=64',
  'language.window=16',
  'pretrain.epochs=1',
  'finetune.epochs=1',
  'languageThreads=1',
  'given.pretraining.users=20',
  'recommender.epochs=2',
  'recommender.patience=1',
  'recommender.batch.SASRec=16',
  'recommender.learningRates.SASRec=[0.003]',
];

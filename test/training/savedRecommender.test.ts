/** A recommender as a file: it recommends as before, and whatever is wrong with the file is one message. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sealedParts } from '../../lib/src/engine/checkpoint/seal';
import { writeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import { InputError } from '../../lib/src/errors';
import {
  openRecommender,
  recommend,
  type RecommenderResult,
  saveRecommender,
  trainRecommender,
} from '../../lib/src/training';
import { ringDataset, smallDataset } from '../evaluation/smallDataset';
import { pattern } from '../pattern';
import { freshFolder } from '../support/folders';

const ring = ringDataset(12, 16, 8);
const folder = freshFolder();
const file = (name: string): string => join(folder, `${name}.safetensors`);
const small = { dim: 8, heads: 1, maxLength: 6, batch: 60, epochs: 1, threads: 1, loss: 'ce' } as const;
let trained: RecommenderResult;

beforeAll(async () => {
  trained = await trainRecommender({ dataset: ring, model: 'sasrec', ...small });
  await saveRecommender(trained, ring, file('saved'));
});

describe('a saved recommender', () => {
  it.each(['sasrec', 'bert4rec'] as const)(
    'of %s recommends as before, without its dataset',
    async (model) => {
      const result = await trainRecommender({ dataset: ring, model, ...small });
      await saveRecommender(result, ring, file(model));
      const opened = await openRecommender(file(model));
      const histories = [['i3'], ['i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7']];
      expect(await recommend(opened, opened.catalogue, histories)).toEqual(
        await recommend(result, ring, histories),
      );
      const { options, fingerprint, epochs, bestEpoch, validation, test } = result;
      expect(opened).toMatchObject({ options, fingerprint, epochs, bestEpoch, validation, test });
      expect(opened.catalogue.itemKeys).toEqual(ring.itemKeys);
    },
  );

  it('has the same bytes each time', async () => {
    await saveRecommender(trained, ring, file('again'));
    expect(readFileSync(file('again')).equals(readFileSync(file('saved')))).toBe(true);
  });

  it('is not saved with the items of another dataset', async () => {
    await expect(saveRecommender(trained, smallDataset(), file('other'))).rejects.toThrow(
      /^saveRecommender: expected the dataset [0-9a-f]{32} that the model was trained on, got small/,
    );
  });
});

describe('a file that is not a saved recommender', () => {
  const message = async (path: string): Promise<string> => {
    const error: unknown = await openRecommender(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  };

  it('says so of one that is missing, no safetensors, an item table, and a later format', async () => {
    expect(await message('nowhere.safetensors')).toBe(
      'nowhere.safetensors: expected a saved recommender, got none. Check the path and its permissions',
    );
    writeFileSync(file('text'), 'user,item,time\n');
    expect(await message(file('text'))).toMatch(/text\.safetensors: expected a safetensors file, got text/);
    const items = { shape: [2, 2], dtype: 'float32', data: new Float32Array(4) } as const;
    await writeSafetensors(file('table'), { items });
    expect(await message(file('table'))).toMatch(
      pattern(
        /expected a saved recommender, got another safetensors file \(it holds items\)\. /,
        /`elephant train --out`/,
      ),
    );
    const later = sealedParts({ items }, { format: 'elephant-recommender-2' });
    writeFileSync(file('later'), Buffer.concat(later));
    expect(await message(file('later'))).toMatch(
      pattern(
        /expected the format elephant-recommender-1, got elephant-recommender-2, /,
        /which another version .* wrote\. Open/,
      ),
    );
  });

  it('refuses every cut and every changed byte', async () => {
    const whole = readFileSync(file('saved'));
    for (let i = 0; i < 40; i++) {
      const at = Math.floor((i / 40) * whole.length);
      writeFileSync(file('cut'), whole.subarray(0, at));
      expect(await message(file('cut')), `cut at ${at}`).toMatch(/cut\.safetensors: .*expected/);
      const changed = Buffer.from(whole);
      changed[at] ^= 1;
      writeFileSync(file('changed'), changed);
      expect(await message(file('changed')), `changed at ${at}`).toMatch(/changed\.safetensors: .*damaged/);
    }
  });
});

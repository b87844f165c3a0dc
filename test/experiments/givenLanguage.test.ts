/**
 * The stage that takes a published model: it keeps what the model's file has beyond the encoder, and what it
 * lacks.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../lib/src/engine/safetensors/safetensors';
import { run } from '../../lib/src/experiments/stages/givenLanguage';
import { writeModel } from './givenFiles';
import { freshFolder } from '../support/folders';

test('keeps the names of tensors that are not used, and of those that are missing', async () => {
  const folder = freshFolder();
  await writeModel(folder);
  const path = join(folder, 'model.safetensors');
  const { tensors } = await readSafetensors(path);
  await writeSafetensors(path, {
    ...tensors,
    'pooler.dense.bias': { shape: [1], dtype: 'float32', data: new Float32Array(1) },
  });
  const context = {
    threads: 1,
    signal: new AbortController().signal,
    sources: { model: folder },
    checkpoint: () => expect.unreachable(),
    progress: () => undefined,
  };
  const { json } = await run(
    { hidden: 16, window: 16, maxTokens: 64, seed: 1, itemPositions: 'normal', files: {} },
    {},
    context,
  );
  expect(json).toMatchObject({ unused: ['pooler.dense.bias'], missing: ['the head for masked tokens'] });
});

/**
 * Exported recommenders in Python: onnx.checker takes them, and ONNX Runtime and ONNX's reference
 * implementation recommend what the library does. Set ELEPHANT_PYTHON (onnx, onnxruntime).
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { exportRecommender, recommend, trainRecommender } from '../../lib/src/training';
import { smallDataset } from '../evaluation/smallDataset';
import { python } from './python';
import { freshFolder } from '../support/folders';

if (!python)
  console.log('skipped: exported models in Python need ELEPHANT_PYTHON (a python with onnx, onnxruntime)');

const dataset = smallDataset({ items: 40 });
const small = { dataset, dim: 8, maxLength: 6, batch: 60, epochs: 1, threads: 1, loss: 'ce' } as const;

it.skipIf(!python)(
  'are valid and give the scores of the library',
  async () => {
    const folder = freshFolder();
    const history = [
      [0, 0, 0, 0, 0, 0, 0, 3],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ];
    const keys = history.map((ids) => ids.filter((id) => id > 0).map((id) => `i${id}`));
    const files: string[] = [];
    const expected: Awaited<ReturnType<typeof recommend>>[] = [];
    for (const model of ['sasrec', 'bert4rec'] as const) {
      const trained = await trainRecommender({ ...small, model });
      const file = join(folder, `${model}.onnx`);
      await exportRecommender(trained, dataset, file);
      writeFileSync(`${file}.json`, JSON.stringify({ history, top: [10] }));
      files.push(file);
      expected.push(await recommend(trained, dataset, keys));
    }
    const { stdout } = await promisify(execFile)(python!, [join(__dirname, 'exported.py'), ...files]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [number[][], number[][]][]);
    expect(answers).toHaveLength(2);
    for (const [k, runtimes] of answers.entries())
      for (const [items, scores] of runtimes)
        expected[k].forEach((next, user) => {
          expect(items[user].map((id) => `i${id}`)).toEqual(next.map(({ item }) => item));
          next.forEach(({ score }, i) => expect(scores[user][i]).toBeCloseTo(score, 5));
        });
  },
  60_000,
);

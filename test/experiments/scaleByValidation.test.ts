/**
 * The control tables' column "FT, scale by validation": chosen by validation alone, seed by seed, from runs
 * that the table has anyway.
 */
import { expect, test } from 'vitest';
import { controlTables } from '../../lib/src/experiments/controls/controlTables';
import type { ComparisonTable } from '../../lib/src/experiments/measured';
import { profile } from '../../lib/src/experiments/profiles';
import type { Reader, StageNode } from '../../lib/src/pipeline/stage';
import { METRICS } from '../../lib/src/experiments/tables/metrics';
import { experiment } from '../../lib/src/experiments/experiment';

const mini = profile('mini', []);

/**
 * The table where each run has a test value of its own, made from its key, and the validation value that
 * `validation` gives.
 */
async function tableWith(validation: (test: number) => number): Promise<ComparisonTable> {
  const metrics = (value: number): object =>
    Object.fromEntries(Object.values(METRICS).map((name) => [name, value]));
  const read = ((node: StageNode) => {
    const value = parseInt(node.key.slice(-8), 16) / 2 ** 32;
    const noRanks = { shape: [0], dtype: 'int32', data: new Int32Array() };
    return {
      json: { test: { sampled: metrics(value) }, validation: { sampled: metrics(validation(value)) } },
      arrays: { 'ranks/sampled/above': noRanks, 'ranks/sampled/ties': noRanks },
    };
  }) as unknown as Reader;
  return controlTables().recipe(experiment(mini)).make(read);
}

function values(table: ComparisonTable, column: string): (readonly number[])[] {
  const found = table.rows
    .filter(({ metric }) => metric === 'N@10')
    .map(({ cells }) => cells[column].ours!.values);
  expect(found).toHaveLength(mini.beyond.length);
  return found;
}

const VARIANTS = ['freeze', 'trainable'];
const SCALES = ['FT', 'rescaled', 'whitened'];

test.each([
  ['the best on test where validation agrees with it', (value: number) => value, Math.max],
  [
    'the worst on test if validation is its opposite: test is not looked at',
    (value: number) => 1 - value,
    Math.min,
  ],
] as const)('is %s', async (_, validation, pick) => {
  const table = await tableWith(validation);
  for (const variant of VARIANTS) {
    const scales = SCALES.map((scale) => values(table, `${variant}.${scale}`));
    const chosen = values(table, `${variant}.chosen`);
    expect(chosen).toEqual(
      scales[0].map((seeds, domain) =>
        seeds.map((_value, seed) => pick(...scales.map((scale) => scale[domain][seed]))),
      ),
    );
  }
});

test('is FT as coded if validation prefers none, and the note says which was chosen', async () => {
  const table = await tableWith(() => 0.5);
  for (const variant of VARIANTS)
    expect(values(table, `${variant}.chosen`)).toEqual(values(table, `${variant}.FT`));
  const [, note] = table.notes;
  expect(note).toContain(
    `${mini.beyond[0]}, freeze: ${mini.recommender.seeds.map(() => 'as coded').join(', ')};`,
  );
  expect(note).toContain('it is a description, not evidence');
});

test('needs no run of its own', async () => {
  const all = controlTables().recipe(experiment(mini));
  const shown = await tableWith((value) => value);
  const columns = shown.columns.filter(({ id }) => !id.endsWith('.chosen'));
  const runs = mini.beyond.length * columns.length * mini.recommender.seeds.length;
  expect(new Set(all.nodes.map(({ key }) => key)).size).toBe(runs);
});

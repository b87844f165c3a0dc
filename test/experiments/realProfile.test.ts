/** The profile "real" end to end on made files and a random model, with real worker processes. Runs the compiled library. */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { open, type Session } from '../../lib/dist/experiments/session';
import { closure } from '../../lib/dist/experiments/stage';
import { TINY, writeDomain, writeModel } from './givenFiles';

let folder: string;
const opened = (place = folder): Session => open({ profile: 'real', set: TINY, data: join(place, 'data'), model: join(place, 'model'), store: join(folder, 'store'), workers: 2 });

beforeAll(async () => {
  delete process.env.ELEPHANT_DATA;
  delete process.env.ELEPHANT_MODEL;
  folder = mkdtempSync(join(tmpdir(), 'elephant-real-'));
  writeDomain(join(folder, 'data'), 'Lamps');
  writeDomain(join(folder, 'data'), 'Chairs', { users: 30, seed: 2 });
  await writeModel(join(folder, 'model'));
});

test('computes the columns of Table 3 for SASRec; files elsewhere with the same content compute nothing', async () => {
  const session = opened();
  expect(session.progress().missing).toBe(session.progress().stages);
  const table = await session.table3();
  expect(session.profile.language).toMatchObject({ layers: 2, hidden: 16 });
  const row = table.rows.find(({ dataset, metric }) => dataset === 'Lamps' && metric === 'N@10');
  for (const column of ['SAS', 'REC', 'freeze.LF', 'freeze.FT', 'trainable.PT', 'freeze.lexical', 'further.All', 'further.Emb']) {
    const { mean } = row?.cells[column].ours ?? { mean: Number.NaN };
    expect(mean, column).toBeGreaterThanOrEqual(0);
    expect(mean, column).toBeLessThanOrEqual(100);
  }
  expect(table.columns.map(({ id }) => id)).not.toContain('oracle');
  const { test: full } = session.cell({ table: 'table3', domain: 'Lamps', column: 'SAS' })!.map((node) => session.read(node).json as { test: Record<string, unknown> })[0];
  expect(Object.keys(full)).toEqual(expect.arrayContaining(['sampled', 'full', 'fullMasked']));
  await session.run(session.nodes());
  expect(session.progress().missing).toBe(0);

  const elsewhere = mkdtempSync(join(tmpdir(), 'elephant-real-copy-'));
  cpSync(join(folder, 'data'), join(elsewhere, 'data'), { recursive: true });
  cpSync(join(folder, 'model'), join(elsewhere, 'model'), { recursive: true });
  expect(opened(elsewhere).progress().missing).toBe(0);
  writeDomain(join(elsewhere, 'data'), 'Lamps', { seed: 5 });
  const missing = closure(opened(elsewhere).nodes()).filter((node) => !session.has(node)).map(({ kind }) => kind.name);
  expect(new Set(missing)).toEqual(new Set(['amazonDataset', 'lexical', 'baselines', 'recommender', 'finetune', 'encode', 'scoreboard']));
}, 60_000);

test('what is missing is said before any work', async () => {
  const without = open({ profile: 'real', store: join(folder, 'nothing'), workers: 1 });
  expect(without.progress().stages).toBeGreaterThan(20);
  await expect(without.run(without.nodes())).rejects.toThrow(/profile real: needs a folder with Amazon review files[^]*ELEPHANT_DATA/);
  await expect(open({ profile: 'real', data: join(folder, 'data'), store: join(folder, 'nothing') }).table3()).rejects.toThrow(/needs a folder with a language model/);
  const other = open({ profile: 'real', data: join(folder, 'data'), model: join(folder, 'model'), store: join(folder, 'nothing') });
  await expect(other.table3()).rejects.toThrow(/unknown domain "Office_Products"[^]*Chairs, Lamps/);
  expect(() => open({ profile: 'mini', data: folder })).toThrow(/uses the embedded data/);
});

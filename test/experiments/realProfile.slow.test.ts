/**
 * The profile "real" end to end on made files and a random model, with real worker processes: its tables,
 * where each number comes from, and what a killed run leaves. Runs the compiled library.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeReadReport } from '../../lib/src/data/readReport';
import { openProfile, type StoreSession } from '../../lib/dist/experiments/openProfile';
import { METRICS } from '../../lib/dist/experiments/tables/metrics';
import { closure } from '../../lib/dist/pipeline/stage';
import { Store } from '../../lib/dist/pipeline/store';
import { createRandom } from '../../lib/dist/random';
import { TINY, writeDomain, writeModel } from './givenFiles';
import { freshFolder } from '../support/folders';
import { COMMAND, environment } from '../support/elephant';

let folder: string;
const SET = [
  ...TINY,
  'tables=["table1","table3","table4"]',
  'beyond=["Lamps"]',
  'equalScales=["Lamps"]',
  'equalUpdates=[0.5]',
];
const opened = (place = folder): StoreSession =>
  openProfile({
    profile: 'real',
    set: SET,
    data: join(place, 'data'),
    model: join(place, 'model'),
    store: join(folder, 'store'),
    workers: 2,
  });

beforeAll(async () => {
  delete process.env.ELEPHANT_DATA;
  delete process.env.ELEPHANT_MODEL;
  folder = freshFolder();
  writeDomain(join(folder, 'data'), 'Lamps');
  writeDomain(join(folder, 'data'), 'Chairs', { users: 30, seed: 2 });
  await writeModel(join(folder, 'model'));
});

test("computes Table 3's columns for SASRec; copies of the files elsewhere compute nothing", async () => {
  const session = opened();
  expect(session.progress().missing).toBe(session.progress().stages);
  const table = await session.table3();
  expect(table.notes.join(' ')).not.toMatch(/oracle/i);
  expect(session.profile.language).toMatchObject({ layers: 2, hidden: 16 });
  const row = table.rows.find(({ dataset, metric }) => dataset === 'Lamps' && metric === 'N@10');
  for (const column of [
    'SAS',
    'REC',
    'freeze.LF',
    'freeze.FT',
    'trainable.PT',
    'freeze.lexical',
    'further.All',
    'further.Emb',
  ]) {
    const { mean } = row?.cells[column].ours ?? { mean: Number.NaN };
    expect(mean, column).toBeGreaterThanOrEqual(0);
    expect(mean, column).toBeLessThanOrEqual(100);
  }
  expect(table.columns.map(({ id }) => id)).not.toContain('oracle');
  const { test: full } = session.experiment
    .cell({ table: 'table3', domain: 'Lamps', column: 'SAS' })!
    .map((node) => session.read(node).json)[0];
  expect(Object.keys(full)).toEqual(expect.arrayContaining(['sampled', 'full', 'fullMasked']));
  await session.run(session.nodes());
  expect(session.progress().missing).toBe(0);
  const reports = session.readReports();
  expect(reports.map(({ domain }) => domain)).toContain('Lamps');
  for (const { report } of reports) {
    expect(report.interactions.kept).toBeGreaterThan(0);
    expect(describeReadReport(report).join('\n')).toMatch(/user from "reviewerID", item from "asin"/);
  }

  const elsewhere = freshFolder();
  cpSync(join(folder, 'data'), join(elsewhere, 'data'), { recursive: true });
  cpSync(join(folder, 'model'), join(elsewhere, 'model'), { recursive: true });
  expect(opened(elsewhere).progress().missing).toBe(0);
  writeDomain(join(elsewhere, 'data'), 'Lamps', { seed: 5 });
  const missing = closure(opened(elsewhere).nodes())
    .filter((node) => !session.has(node))
    .map(({ kind }) => kind.name);
  expect(new Set(missing)).toEqual(
    new Set([
      'amazonDataset',
      'itemTokens',
      'lexical',
      'baselines',
      'recommender',
      'finetune',
      'selectedRec',
      'encode',
      'controlTable',
      'scoreboard',
    ]),
  );
});

test('50 random cells: each number is the mean of what the ranks in a store folder say', async () => {
  const session = opened();
  const store = new Store(join(folder, 'store'));
  const tables = [
    ['table1', await session.table1(), 'sampled'],
    ['table3', await session.table3(), 'sampled'],
    ['table3', await session.table3AllItems(), 'full'],
    ['table4', await session.table4(), 'full'],
  ] as const;
  const cells = tables.flatMap(([table, { rows }, protocol]) =>
    rows.flatMap(({ dataset, metric, cells: own }) =>
      Object.entries(own).flatMap(([column, { ours }]) =>
        ours === undefined || ['popularity', 'transition'].includes(column)
          ? []
          : [{ table, protocol, dataset, metric, column, ours }],
      ),
    ),
  );
  const random = createRandom(20240811);
  const picked = new Set<number>();
  while (picked.size < 50) picked.add(random.integer(cells.length));
  for (const index of picked) {
    const { table, protocol, dataset, metric, column, ours } = cells[index];
    const values = session.experiment.cell({ table, domain: dataset, column })!.map((node) => {
      expect(readdirSync(store.path(node)).sort()).toEqual([
        'arrays.safetensors',
        'manifest.json',
        'result.json',
      ]);
      const { [`ranks/${protocol}/above`]: above } = store.read(node)!.arrays;
      const k = Number(metric.split('@')[1]);
      const gains = Array.from(above.data as Int32Array, (rank) =>
        rank >= k ? 0 : metric.startsWith('H') ? 1 : 1 / Math.log2(rank + 2),
      );
      return (100 * gains.reduce((sum, gain) => sum + gain, 0)) / gains.length;
    });
    expect(ours.values.length).toBe(values.length);
    values.forEach((value, seed) =>
      expect(ours.values[seed], `${table} ${dataset} ${metric} ${column}`).toBeCloseTo(value, 9),
    );
  }
  expect(Object.keys(METRICS)).toHaveLength(4);
  const labels = (await session.table1()).columns.map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(['All', '0,1 (for 3,7,11)', '1 (for 11)']));
});

test('tables beyond the paper agree with those that they are made from', async () => {
  const session = opened();
  const ndcg = (table: Awaited<ReturnType<StoreSession['table3']>>, column: string): number =>
    table.rows.find(({ metric }) => metric === 'N@10')!.cells[column].ours!.mean;
  const [table3, table4, masked, loss, controls, scales] = [
    await session.table3(),
    await session.table4(),
    await session.historyMasked(),
    await session.oneLoss(),
    await session.controlTables(),
    await session.equalScales(),
  ];
  // Fewer candidates cannot push a target down.
  for (const column of ['REC', 'SAS', 'FT'])
    expect(ndcg(masked, column)).toBeGreaterThanOrEqual(ndcg(table4, column));
  expect(ndcg(loss, 'bce.SAS')).toBe(ndcg(table3, 'SAS'));
  expect(loss.columns.filter(({ id }) => id.startsWith('ce.'))).toHaveLength(4);
  expect(ndcg(controls, 'freeze.FT')).toBe(ndcg(table3, 'freeze.FT'));
  for (const control of ['spectrum', 'rescaled', 'whitened'])
    expect(ndcg(controls, `trainable.${control}`)).toBeGreaterThanOrEqual(0);
  expect(scales.columns).toHaveLength(5);
  for (const { id } of scales.columns) expect(ndcg(scales, id)).toBeGreaterThanOrEqual(0);
  const groups = await session.coldItems('Lamps', ['SAS']);
  const users = groups.reduce((sum, group) => sum + group.users, 0);
  expect(users).toBe((await session.dataset('Lamps')).evaluationUsers.length);
  expect(groups.reduce((sum, group) => sum + (group.users * group.ndcg.mean) / users, 0)).toBeCloseTo(
    ndcg(table3, 'SAS'),
    9,
  );
  await expect(session.shareOfOracle()).rejects.toThrow(/given data/);
  const [point] = await session.equalUpdates();
  expect(point.percent).toBe(50);
  expect((await session.sharesOutOfReach()).map(({ percent }) => percent)).toEqual([0.01, 0.1, 1, 2, 10, 20]);
});

test('a damaged result is computed again, whoever asks for it', async () => {
  const session = opened();
  const [model] = closure(
    session.experiment.cell({ table: 'table3', domain: 'Lamps', column: 'freeze.PT' })!,
  ).filter(({ kind }) => kind.name === 'pretrain');
  const store = new Store(join(folder, 'store'));
  const before = contents('store');
  const [run] = session.experiment.cell({ table: 'table3', domain: 'Lamps', column: 'freeze.PT' })!;
  for (const node of [model, run]) {
    const file = join(store.path(node), 'arrays.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(file, bytes);
  }
  const table = await opened().table3();
  expect(table.rows[0].cells['freeze.PT'].ours?.mean).toBeGreaterThanOrEqual(0);
  // The pre-trained model is damaged still, since nobody had to read it; a stage that takes it finds out.
  const encoded = closure([run]).find(({ kind, label }) => kind.name === 'encode' && label.startsWith('PT'))!;
  rmSync(store.path(encoded), { recursive: true });
  await opened().run([run, encoded]);
  store.sweep();
  expect(contents('store')).toEqual(before);
});

/** Folder of each result in a store, with the hashes of its files. */
function contents(store: string): Map<string, unknown> {
  return new Map(
    new Store(join(folder, store))
      .list()
      .map(({ folder: path, manifest }) => [path.split('/').at(-1)!, manifest.files] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const KILLS = process.env.ELEPHANT_SLOW === '1' ? 10 : 1;

test(
  `kill -9 of the coordinator and of a worker at random moments, ${KILLS} each: the same bytes as a run ` +
    'with two workers',
  async () => {
    if (process.platform === 'win32') return console.warn('skipped: needs pgrep');
    const set = [...TINY, 'tables=["table3","table4"]'];
    const reference = contents('store');
    const start = (workers: number) =>
      spawn(
        process.execPath,
        [
          COMMAND,
          'run',
          '--profile',
          'real',
          '--data',
          join(folder, 'data'),
          '--model',
          join(folder, 'model'),
          '--workers',
          String(workers),
          '--set',
          ...set,
        ],
        {
          env: environment({ ELEPHANT_STORE: join(folder, 'killed') }),
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
    const ended = (child: ReturnType<typeof start>): Promise<number | null> =>
      new Promise((resolve) => child.on('exit', (code) => resolve(code)));
    const random = createRandom(Date.now() % 2 ** 31);
    const moments: number[] = [];
    for (let kill = 0; kill < 2 * KILLS; kill++) {
      const child = start(1 + (kill % 3));
      const over = ended(child);
      const workersOf = (): number[] => {
        try {
          return execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })
            .trim()
            .split('\n')
            .map(Number);
        } catch {
          return [];
        }
      };
      while (workersOf().length === 0 && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 20));
      moments.push(Math.round(100 + 1500 * random.uniform()));
      await new Promise((resolve) => setTimeout(resolve, moments.at(-1)));
      const victim = kill % 2 === 0 ? child.pid : workersOf()[0];
      try {
        if (victim !== undefined) process.kill(victim, 'SIGKILL');
      } catch {
        // It had ended by itself.
      }
      await over;
    }
    expect(await ended(start(3)), `killed after ${moments.join(', ')} ms`).toBe(0);
    const after = contents('killed');
    expect(after.size).toBeGreaterThan(20);
    // The scoreboard's inputs are other ones: fewer tables.
    for (const [name, files] of after)
      if (!name.startsWith('scoreboard'))
        expect(files, `${name}, killed after ${moments.join(', ')} ms`).toEqual(reference.get(name));
  },
  300_000,
);

test('what is missing is reported before any work', async () => {
  const without = openProfile({ profile: 'real', store: join(folder, 'nothing'), workers: 1 });
  expect(without.progress().stages).toBeGreaterThan(20);
  await expect(without.run(without.nodes())).rejects.toThrow(
    /profile real: needs a folder with Amazon review files[^]*ELEPHANT_DATA/,
  );
  await expect(
    openProfile({ profile: 'real', data: join(folder, 'data'), store: join(folder, 'nothing') }).table3(),
  ).rejects.toThrow(/needs a folder with a language model/);
  const other = openProfile({
    profile: 'real',
    data: join(folder, 'data'),
    model: join(folder, 'model'),
    store: join(folder, 'nothing'),
  });
  await expect(other.table3()).rejects.toThrow(/unknown domain "Office_Products"[^]*Chairs, Lamps/);
  expect(() => openProfile({ profile: 'mini', data: folder })).toThrow(/uses the embedded data/);
});

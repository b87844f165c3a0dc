/**
 * The benchmarks' own arithmetic and their runs without a peer (with PyTorch where ELEPHANT_PYTHON names
 * one).
 */
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { profileTable } from '../../bench/engine/profileTable';
import { createEngine } from '../../lib/src/engine';
import { benchEngine } from '../../bench/engine/benchEngine';
import { longformerStart } from '../../bench/engine/longformerStart';
import { benchAdam, gatheredGradient, givenGradient } from '../../bench/engine/adam';
import { compileStep, type StepJob } from '../../bench/engine/compiledStep';
import { encoderShape, rowsOf } from '../../bench/engine/encoder';
import { encoderJob, transformerJob } from '../../bench/engine/jobs';
import { passesWithout } from '../../bench/engine/passes';
import { plainTransformerJob } from '../../bench/engine/plainTransformer';
import { benchProfile, OTHERS, whereTimeGoes } from '../../bench/engine/profile';
import { kernelsOfRuns, type Kernel } from '../../bench/engine/profileEvents';
import { benchStarts } from '../../bench/engine/starts';
import { productFlop } from '../../bench/engine/transformer';
import { HostState } from '../../lib/src/engine/hostState';
import { traceStep } from '../../lib/src/engine/traceProgram';
import { freshFolder } from '../support/folders';

const tiny = { batch: 4, length: 5, dim: 8, items: 20 };

it('counts the products of a step', () => {
  // One block on 2 positions of width 1 with 3 items: 6 dense products of 4, 2 of attention of 8, logits of
  // 12; three times.
  expect(productFlop({ batch: 1, length: 2, dim: 1, items: 3, blocks: 1 })).toBe(3 * (6 * 4 + 2 * 8 + 12));
});

it('measures only ours if no Python is given, and writes what it found', async () => {
  const folder = freshFolder();
  const [row, ...rest] = await benchEngine({
    jobs: [transformerJob(tiny)],
    threads: 1,
    rounds: 7,
    python: undefined,
    peers: [],
    resultsFolder: folder,
  });
  expect(rest).toEqual([]);
  expect(row).toMatchObject({ shape: '4x5 d8 V20', peer: null, peerMs: null, ratio: null });
  expect(row.oursMs).toBeGreaterThan(0);
  const [file] = await readdir(folder);
  expect(file).toBe('engine-cpu-1-threads.json');
  expect(JSON.parse(await readFile(join(folder, file), 'utf8'))).toMatchObject({
    provider: 'cpu',
    threads: 1,
    results: [row],
  });
});

const small = { ...encoderShape(5, 3, 7, 10), dim: 8, heads: 2, layers: 2, vocabulary: 30 };

it('packs the sentences of an encoder into rows, each token once', () => {
  const rows = rowsOf(small);
  expect(rows.every((members) => members.reduce((a, b) => a + b, 0) <= 10)).toBe(true);
  expect(rows.flat().sort()).toEqual([...small.lengths].sort());
  const { feeds, tokens } = encoderJob(small);
  expect((feeds().segments as Int32Array).filter((s) => s > 0).length).toBe(tokens);
});

it('measures an encoder, in a file of its own', async () => {
  const folder = freshFolder();
  const [row] = await benchEngine({
    jobs: [encoderJob(small)],
    label: 'encoder',
    threads: 1,
    rounds: 7,
    python: undefined,
    peers: [],
    resultsFolder: folder,
  });
  expect(row.tokensPerSecond * row.oursMs).toBeCloseTo(1000 * encoderJob(small).tokens, 3);
  expect(await readdir(folder)).toEqual(['engine-encoder-cpu-1-threads.json']);
});

it('refuses fewer than seven rounds', async () => {
  await expect(benchEngine({ rounds: 3 })).rejects.toThrow(
    /rounds: expected a whole number from 7 on, got 3/,
  );
});

it.each([transformerJob(tiny), encoderJob(small), plainTransformerJob(tiny)])(
  'steps $name as the engine does',
  async (job) => {
    const engine = await createEngine({ threads: 1 });
    const theirs = await engine.compileTraining(job.program, engine.createState(job.parameters()));
    const mine = await compileStep(job.program, new HostState(job.parameters()), { threads: 1 });
    const same = await compileStep(job.program, new HostState(job.parameters()), {
      threads: 1,
      prepare: passesWithout([]),
    });
    expect(same.nodes).toBe(mine.nodes);
    for (let i = 0; i < 3; i++) {
      const { loss } = await theirs.run(job.feeds());
      expect(await mine.run(job.feeds())).toBe(loss);
      expect(await same.run(job.feeds())).toBe(loss);
    }
    await mine.dispose();
    await same.dispose();
    await engine.dispose();
  },
);

it('reads the kernels of each run from events of the profiler', () => {
  const node = (name: string, op_name: string, dur: number, factor: number[], result: number[]): object => ({
    cat: 'Node',
    name,
    dur,
    args: {
      op_name,
      input_type_shape: [{ float: factor }, { float: [1] }],
      output_type_shape: [{ float: result }],
    },
  });
  const run = { cat: 'Session', name: 'model_run', dur: 100, args: {} };
  const file = JSON.stringify([
    { cat: 'Session', name: 'session_initialization', dur: 9, args: {} },
    node('a_kernel_time', 'Add', 3000, [2, 4], [2, 4]),
    run,
    // Two products of 3 x 4 by 4 x 5, the first factor as it is and transposed; what is no kernel's time is
    // left out.
    node('b_kernel_time', 'FusedMatMul', 500, [2, 3, 4], [2, 3, 5]),
    node('b_fence_before', 'FusedMatMul', 1, [2, 3, 4], [2, 3, 5]),
    node('c_kernel_time', 'Gemm', 250, [4, 3], [3, 5]),
    run,
  ]);
  expect(kernelsOfRuns(file)).toEqual([
    [{ operator: 'Add', ms: 3, flop: null }],
    [
      { operator: 'FusedMatMul', ms: 0.5, flop: 2 * 2 * 3 * 4 * 5 },
      { operator: 'Gemm', ms: 0.25, flop: 2 * 3 * 4 * 5 },
    ],
  ]);
});

it('sums kernels by operator, folds small ones, and leaves the rest of the step outside', () => {
  const kernel = (operator: string, ms: number, flop: number | null = null): Kernel => ({
    operator,
    ms,
    flop,
  });
  const kernels = (add: number): Kernel[] => [
    kernel('Add', add),
    kernel('Gemm', 0.5, 1e6),
    kernel('Exp', 0.25),
    kernel('Add', 1),
    kernel('Sqrt', 0.25),
  ];
  expect(whereTimeGoes([kernels(40), kernels(4), kernels(2)], 100)).toEqual({
    nodes: 5,
    outsideMs: 94,
    outsideShare: 0.94,
    operators: [
      { operator: 'Add', nodes: 2, ms: 5, share: 0.05, gflops: null }, // The median of 41, 5 and 3.
      { operator: 'Gemm', nodes: 1, ms: 0.5, share: 0.005, gflops: 2 }, // Small, but a product.
      { operator: OTHERS, nodes: 2, ms: 0.5, share: 0.005, gflops: null },
    ],
  });
});

it('says where the time of a step goes, and leaves no file of the profiler', async () => {
  const folder = freshFolder();
  const jobs = [transformerJob(tiny), encoderJob(small)];
  const steps = await benchProfile({ jobs, threads: 1, rounds: 1, label: 'tiny', resultsFolder: folder });
  expect(steps.map(({ step }) => step)).toEqual(jobs.map(({ name }) => name));
  for (const { nodes, stepMs, profiledMs, operators, outsideMs, outsideShare } of steps) {
    const total = (key: 'nodes' | 'ms' | 'share'): number =>
      operators.reduce((sum, row) => sum + row[key], 0);
    expect(total('nodes')).toBe(nodes);
    expect(total('ms') + outsideMs).toBeCloseTo(stepMs, 9);
    expect(total('share') + outsideShare).toBeCloseTo(1, 9);
    expect(profiledMs).toBeGreaterThan(0);
    expect(
      operators
        .filter(({ gflops }) => gflops !== null)
        .map(({ operator }) => operator)
        .sort(),
    ).toEqual(['FusedMatMul', 'Gemm', 'MatMul']);
  }
  // The products of the program, and the sums of rows that its five layer norms have as products with a
  // column of ones.
  const flop = steps[0].operators.reduce((sum, { ms, gflops }) => sum + (gflops ?? 0) * ms * 1e6, 0);
  expect(flop).toBeCloseTo(jobs[0].flop + 5 * 2 * 2 * 4 * 5 * 8, 3);
  expect(profileTable(steps).match(/^outside kernels/gm)).toHaveLength(2);
  expect(
    JSON.parse(await readFile(join(folder, 'engine-profile-tiny-1-threads.json'), 'utf8')),
  ).toMatchObject({ threads: 1, rounds: 1, results: steps });
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('elephant-profile-'))).toEqual([]);
});

it('spells out in plain TensorFlow.js what passes recognise', () => {
  const job = plainTransformerJob(tiny);
  const { graph } = traceStep(job.program, stateWithSlots(job));
  const count = (op: string, ...left: string[]): number =>
    passesWithout(left)(graph).nodes.filter((node) => node.op === op).length;
  // Softmax and gelu of two blocks, five layer norms, one log-sum-exp.
  for (const [op, times] of [
    ['Softmax', 2],
    ['Gelu', 2],
    ['LayerNormalization', 5],
  ] as const)
    expect([op, count(op), count(op, 'recognise')]).toEqual([op, times, 0]);
  expect(count('Equal', 'dropMaxGradient')).toBe(count('Equal') + 1);
});

function stateWithSlots({ parameters, program }: StepJob): HostState {
  const state = new HostState(parameters());
  state.ensureSlots(program);
  return state;
}

it('steps Adam alone, in one table and in pieces', async () => {
  const engine = await createEngine({ threads: 1 });
  for (const job of [givenGradient(5, 3), givenGradient(5, 3, 2), gatheredGradient(5, 3)]) {
    const before = job.parameters();
    const state = engine.createState(before);
    const step = await engine.compileTraining(job.program, state);
    const feeds = job.feeds();
    const { gradients } = await step.gradients(feeds);
    await step.run(feeds);
    for (const [name, { data }] of Object.entries(before)) {
      const gradient = gradients[name].data;
      const given = feeds[name.replace('table', 'gradient')];
      if (given !== undefined) expect(gradient).toEqual(given);
      const after = (await state.read(name)).data;
      // The first step of Adam: against the sign of the gradient, by the learning rate.
      data.forEach((weight, i) =>
        expect(after[i], `${job.name} ${name} ${i}`).toBeCloseTo(weight - 1e-3 * Math.sign(gradient[i]), 5),
      );
    }
  }
  await engine.dispose();
});

it('counts 28 bytes a weight and measures them beside a copy and a sum', async () => {
  const rows = await benchAdam({ rows: 3000, width: 64, threads: 1, rounds: 1, resultsFolder: false });
  expect(rows.map(({ bytes }) => bytes)).toEqual([8, 16, 12, 28, 28, 28]);
  expect(rows[4].what).toBe('Adam, the table in 3 pieces');
  for (const { weights, ms, bytes, gbPerSecond, shareOfLimit } of rows) {
    expect(weights).toBe(192_000);
    expect(gbPerSecond).toBeCloseTo((bytes * weights) / 1e9 / (ms / 1000), 6);
    expect(shareOfLimit).toBeCloseTo(
      gbPerSecond / Math.max(...rows.slice(0, 3).map((row) => row.gbPerSecond)),
      9,
    );
  }
});

it('measures starts, the smallest step and a single operator', async () => {
  const job = longformerStart(24, 50, 2);
  const folder = freshFolder();
  const rows = await benchStarts({ jobs: [job], threads: 1, rounds: 1, builds: 1, resultsFolder: folder });
  expect(rows).toMatchObject([
    { program: 'Longformer of 2 layers d24 V50, 4 x 512 tokens', goalSeconds: 5 },
    { program: '16x8 d16 V300', goalMs: 2 },
    { program: '400 additions of one number' },
  ]);
  expect(rows[2]).toHaveProperty('operatorUs', expect.any(Number));
  const [start] = rows as {
    traceMs: number;
    passesMs: number;
    sessionMs: number;
    seconds: number;
    nodes: number;
  }[];
  expect(start.nodes).toBeGreaterThan(0);
  expect(start.seconds).toBeCloseTo((start.traceMs + start.passesMs + start.sessionMs) / 1000, 9);
  expect(JSON.parse(await readFile(join(folder, 'engine-starts-1-threads.json'), 'utf8'))).toMatchObject({
    results: rows,
  });
});

it.skipIf(process.env.ELEPHANT_PYTHON === undefined)(
  'measures beside PyTorch (needs ELEPHANT_PYTHON)',
  async () => {
    const [row] = await benchEngine({
      jobs: [transformerJob(tiny)],
      threads: 1,
      rounds: 7,
      peers: ['eager'],
      resultsFolder: false,
    });
    expect(row.peer).toMatch(/^PyTorch 2\..* eager$/);
    expect(row.ratio).toBeCloseTo(row.oursMs / row.peerMs!, 10);
    const [encoder] = await benchEngine({
      jobs: [encoderJob(small)],
      threads: 1,
      rounds: 7,
      peers: ['eager'],
      resultsFolder: false,
    });
    expect(encoder.ratio).toBeGreaterThan(0);
  },
);

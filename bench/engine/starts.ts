/**
 * `bench engine --starts`: how long it takes until a large training program can step, how long the smallest
 * steps, and what an operator costs beside its arithmetic. The first is trace, passes and session; the second
 * is what a step costs whatever it computes. On the CPU provider.
 */
import * as tf from '@tensorflow/tfjs-core';
import { availableParallelism } from 'node:os';
import { createEngine } from '../../lib/src/engine/engine';
import { HostState } from '../../lib/src/engine/hostState';
import { compileStep, type StepJob } from './compiledStep';
import { transformerJob } from './jobs';
import { median } from '../median';
import { RESULTS_FOLDER, writeResults } from '../results';
import type { Program } from '../../lib/src/engine/types';
import { inTurns } from './turns';

/** Seconds that trace, passes and session of a program may take. */
export const START_GOAL_SECONDS = 5;
/** Milliseconds that a step of the smallest model may take. */
export const STEP_GOAL_MS = 2;
/** 16 sequences of 8, width 16, two blocks, 300 items. */
export const SMALLEST = { batch: 16, length: 8, dim: 16, items: 300 };

export interface StartRow {
  program: string;
  nodes: number;
  /** Medians over the builds, in milliseconds. */
  traceMs: number;
  passesMs: number;
  sessionMs: number;
  /** All three, median and of the first build, when our own code had not run yet. */
  seconds: number;
  firstSeconds: number;
  goalSeconds: number;
}

export interface SmallestRow {
  program: string;
  /** A whole step as a caller of the engine sees it: checks, feeds, run, loss. */
  stepMs: number;
  goalMs: number;
}

export interface OperatorRow {
  program: string;
  /** What one more operator on a single number adds to a run, in microseconds. */
  operatorUs: number;
}

export interface StartBenchOptions {
  /** Programs to start, without running them; the first of a process also warms our own code. */
  jobs: readonly Pick<StepJob, 'name' | 'program' | 'parameters'>[];
  threads?: number;
  rounds?: number;
  builds?: number;
  resultsFolder?: string | false;
  onProgress?: (line: string) => void;
}

/** A row for each job, then one for the smallest step and one for an operator. */
export async function benchStarts({
  jobs,
  threads = availableParallelism(),
  rounds = 7,
  builds = 5,
  resultsFolder = RESULTS_FOLDER,
  onProgress = () => undefined,
}: StartBenchOptions): Promise<(StartRow | SmallestRow | OperatorRow)[]> {
  const rows: (StartRow | SmallestRow | OperatorRow)[] = [];
  for (const job of jobs) {
    const row = await start(job, threads, builds);
    rows.push(row);
    onProgress(
      `${row.program}: ${row.seconds.toFixed(2)} s, at first ${row.firstSeconds.toFixed(2)} s (goal ` +
        `${row.goalSeconds} s)`,
    );
  }
  const smallest = await smallestStep(threads, rounds);
  rows.push(smallest);
  onProgress(`${smallest.program}: ${smallest.stepMs.toFixed(2)} ms per step (goal ${smallest.goalMs} ms)`);
  const operator = await singleOperator(threads, rounds);
  rows.push(operator);
  onProgress(`${operator.program}: ${operator.operatorUs.toFixed(2)} us each`);
  if (resultsFolder !== false)
    await writeResults(resultsFolder, `engine-starts-${threads}-threads`, {
      threads,
      rounds,
      builds,
      results: rows,
    });
  return rows;
}

async function start(
  { name, program, parameters }: StartBenchOptions['jobs'][number],
  threads: number,
  builds: number,
): Promise<StartRow> {
  const state = new HostState(parameters());
  const stages: Record<'traceMs' | 'passesMs' | 'sessionMs', number[]> = {
    traceMs: [],
    passesMs: [],
    sessionMs: [],
  };
  const seconds: number[] = [];
  let nodes = 0;
  for (let i = 0; i < builds; i++) {
    const step = await compileStep(program, state, { threads });
    for (const stage of ['traceMs', 'passesMs', 'sessionMs'] as const) stages[stage].push(step[stage]);
    seconds.push((step.traceMs + step.passesMs + step.sessionMs) / 1000);
    nodes = step.nodes;
    await step.dispose();
  }
  return {
    program: name,
    nodes,
    traceMs: median(stages.traceMs),
    passesMs: median(stages.passesMs),
    sessionMs: median(stages.sessionMs),
    seconds: median(seconds),
    firstSeconds: seconds[0],
    goalSeconds: START_GOAL_SECONDS,
  };
}

async function smallestStep(threads: number, rounds: number): Promise<SmallestRow> {
  const job = transformerJob(SMALLEST);
  const engine = await createEngine({ provider: 'cpu', threads });
  try {
    const step = await engine.compileTraining(job.program, engine.createState(job.parameters()));
    const feeds = job.feeds();
    const [times] = await inTurns([() => step.run(feeds)], rounds);
    return { program: job.name, stepMs: median(times), goalMs: STEP_GOAL_MS };
  } finally {
    await engine.dispose();
  }
}

const OPERATORS = 400;

/**
 * A chain of operators on one number against a chain of one: what is left of an operator when it computes
 * nothing to speak of.
 */
async function singleOperator(threads: number, rounds: number): Promise<OperatorRow> {
  const engine = await createEngine({ provider: 'cpu', threads });
  try {
    const scalar = { shape: [], dtype: 'float32' } as const;
    const chain = (length: number): Program => ({
      name: `${length} additions of one number`,
      inputs: { x: scalar, y: scalar },
      outputs: (_, { x, y }) => ({
        sum: Array.from({ length }).reduce((sum: tf.Tensor) => tf.add(sum, y), x),
      }),
    });
    const state = engine.createState({});
    const [long, short] = [
      await engine.compile(chain(OPERATORS), state),
      await engine.compile(chain(1), state),
    ];
    const [times, base] = await inTurns(
      [() => long.run({ x: 0, y: 1 }), () => short.run({ x: 0, y: 1 })],
      10 * rounds,
    );
    return {
      program: chain(OPERATORS).name,
      operatorUs: (1000 * (median(times) - median(base))) / (OPERATORS - 1),
    };
  } finally {
    await engine.dispose();
  }
}

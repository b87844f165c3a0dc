/**
 * `bench engine --profile`: where the time of a training step goes, by operator, as ONNX Runtime's profiler
 * tells it. On the CPU provider.
 *
 * The profiler makes a step slower: writing an event takes about as long as a small kernel. So the step is
 * timed without it, in turns with the one that it watches, and what of that time is in no kernel is a
 * difference of two measurements: of the step and of its kernels.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostState } from '../../lib/src/engine/hostState';
import { compileStep, type StepJob } from './compiledStep';
import { BENCH_SHAPES, transformerJob } from './jobs';
import { kernelsOfRuns, PRODUCTS, type Kernel } from './profileEvents';
import { median } from '../median';
import { RESULTS_FOLDER, writeResults } from '../results';
import { inTurns } from './turns';

/**
 * Name of the row of operators that take less of the step than this each. Products keep rows of their own.
 */
export const OTHERS = 'others';
const SMALLEST_SHARE = 0.01;

export interface OperatorRow {
  /** Of ONNX, or OTHERS. */
  operator: string;
  nodes: number;
  /** Of all its nodes in a step, median of the runs. */
  ms: number;
  /** Of the step without the profiler. */
  share: number;
  /** Multiplications and additions of matrix products, 10^9 per second; null for other operators. */
  gflops: number | null;
}

export interface ProfiledStep {
  step: string;
  /** Without the profiler, median of the rounds. */
  stepMs: number;
  /** With it. */
  profiledMs: number;
  nodes: number;
  /** Largest first, OTHERS last. */
  operators: OperatorRow[];
  /**
   * The step without its kernels: passing tensors, copies of outputs, going from node to node. May be below
   * zero, as the difference that it is.
   */
  outsideMs: number;
  outsideShare: number;
}

export interface ProfileBenchOptions {
  threads?: number;
  rounds?: number;
  /** The four transformers of BENCH_SHAPES by default. */
  jobs?: readonly StepJob[];
  /** Part of the results' file name, for jobs other than those. */
  label?: string;
  /** Folder for the results' file, or false to write none. */
  resultsFolder?: string | false;
  onProgress?: (line: string) => void;
}

/** One for each job. */
export async function benchProfile({
  threads = availableParallelism(),
  rounds = 7,
  jobs = BENCH_SHAPES.map(transformerJob),
  label,
  resultsFolder = RESULTS_FOLDER,
  onProgress = () => undefined,
}: ProfileBenchOptions = {}): Promise<ProfiledStep[]> {
  const results: ProfiledStep[] = [];
  for (const job of jobs) {
    const result = await profileStep(job, threads, rounds);
    results.push(result);
    const {
      step,
      stepMs,
      outsideMs,
      operators: [largest],
    } = result;
    onProgress(
      `${step}: ${stepMs.toFixed(1)} ms, of which ${largest.operator} ${largest.ms.toFixed(1)} and ` +
        `outside kernels ${outsideMs.toFixed(1)}`,
    );
  }
  if (resultsFolder !== false)
    await writeResults(
      resultsFolder,
      `engine-profile-${label === undefined ? '' : `${label}-`}${threads}-threads`,
      { threads, rounds, results },
    );
  return results;
}

async function profileStep(job: StepJob, threads: number, rounds: number): Promise<ProfiledStep> {
  const folder = await mkdtemp(join(tmpdir(), 'elephant-profile-'));
  try {
    const step = await compileStep(job.program, new HostState(job.parameters()), { threads });
    const watched = await compileStep(job.program, new HostState(job.parameters()), {
      threads,
      profile: join(folder, 'step'),
    });
    const feeds = job.feeds();
    /** Of each run under the profiler, warm-up included. */
    const counts: boolean[] = [];
    const times = await inTurns(
      [
        () => step.run(feeds),
        (counted) => {
          counts.push(counted);
          return watched.run(feeds);
        },
      ],
      rounds,
    );
    await step.dispose();
    await watched.dispose();
    const [file] = await readdir(folder);
    const runs = kernelsOfRuns(await readFile(join(folder, file), 'utf8')).filter((_, i) => counts[i]);
    const [stepMs, profiledMs] = times.map(median);
    return { step: job.name, stepMs, profiledMs, ...whereTimeGoes(runs, stepMs) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the kernels of each run, which are the same nodes every time, and the milliseconds of a step. */
export function whereTimeGoes(
  runs: readonly (readonly Kernel[])[],
  stepMs: number,
): Omit<ProfiledStep, 'step' | 'stepMs' | 'profiledMs'> {
  const operators = [...new Set(runs[0].map(({ operator }) => operator))]
    .map((operator) =>
      operatorRow(
        operator,
        runs.map((kernels) => kernels.filter((kernel) => kernel.operator === operator)),
        stepMs,
      ),
    )
    .sort((a, b) => b.ms - a.ms);
  const kernelsMs = sum(operators.map(({ ms }) => ms));
  return {
    nodes: runs[0].length,
    operators: folded(operators),
    outsideMs: stepMs - kernelsMs,
    outsideShare: 1 - kernelsMs / stepMs,
  };
}

function operatorRow(operator: string, runs: readonly (readonly Kernel[])[], stepMs: number): OperatorRow {
  const ms = median(runs.map((kernels) => sum(kernels.map((kernel) => kernel.ms))));
  const gflops = PRODUCTS.has(operator) ? sum(runs[0].map(({ flop }) => flop ?? 0)) / ms / 1e6 : null;
  return { operator, nodes: runs[0].length, ms, share: ms / stepMs, gflops };
}

function folded(rows: readonly OperatorRow[]): OperatorRow[] {
  const small = ({ operator, share }: OperatorRow): boolean =>
    share < SMALLEST_SHARE && !PRODUCTS.has(operator);
  const others = rows.filter(small);
  if (others.length < 2) return [...rows];
  const total = (key: 'nodes' | 'ms' | 'share'): number => sum(others.map((row) => row[key]));
  return [
    ...rows.filter((row) => !small(row)),
    { operator: OTHERS, nodes: total('nodes'), ms: total('ms'), share: total('share'), gflops: null },
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/**
 * `bench engine --passes`: what each graph pass gains. A training step is compiled with every pass and with
 * every pass but one, and the two are stepped in turn. On the CPU provider.
 */
import { availableParallelism } from 'node:os';
import type { Graph } from '../../lib/src/engine/graph';
import { HostState } from '../../lib/src/engine/hostState';
import { lowerForCpu } from '../../lib/src/engine/lowering/cpu';
import { PASSES } from '../../lib/src/engine/passes';
import { compileStep, type CompiledStep, type StepJob } from './compiledStep';
import { encoderShape } from './encoder';
import { BENCH_SHAPES, encoderJob, transformerJob } from './jobs';
import { plainTransformerJob } from './plainTransformer';
import { median } from '../median';
import { RESULTS_FOLDER, writeResults } from '../results';
import { inTurns } from './turns';

/** If nothing is left out: the row that tells how far two equal steps differ on this machine. */
export const NOTHING = 'nothing';
/** All passes together. */
export const EVERYTHING = 'every pass';

export interface PassRow {
  step: string;
  /** The pass that was left out, NOTHING or EVERYTHING. */
  without: string;
  nodes: number;
  /** With every pass, here and below. */
  allNodes: number;
  /** Milliseconds of passes and lowering. */
  passesMs: number;
  allPassesMs: number;
  /** Milliseconds to write the model and to build its session. */
  sessionMs: number;
  allSessionMs: number;
  stepMs: number;
  allStepMs: number;
  /**
   * The step's time by that with every pass, median of the rounds' ratios: above 1, the pass makes the step
   * faster.
   */
  gain: number;
  /** Loss of the third step, after two updates; the same but for rounding. */
  loss: number;
  allLoss: number;
}

export interface PassBenchOptions {
  threads?: number;
  rounds?: number;
  /** Times that each session is built; the median is reported. */
  builds?: number;
  jobs?: readonly StepJob[];
  /** Folder for the results' file, or false to write none. */
  resultsFolder?: string | false;
  onProgress?: (line: string) => void;
}

/**
 * A causal transformer and a deep narrow encoder on the engine's own ops, and a transformer that spells
 * everything out.
 */
function defaultJobs(): StepJob[] {
  return [
    transformerJob(BENCH_SHAPES[0]),
    encoderJob(encoderShape(64, 8, 20, 32)),
    plainTransformerJob(BENCH_SHAPES[0]),
  ];
}

/** For each job a row for each pass, one without any and one with all against themselves. */
export async function benchPasses({
  threads = availableParallelism(),
  rounds = 7,
  builds = 3,
  jobs = defaultJobs(),
  resultsFolder = RESULTS_FOLDER,
  onProgress = () => undefined,
}: PassBenchOptions = {}): Promise<PassRow[]> {
  const rows: PassRow[] = [];
  for (const job of jobs) {
    // The first compilation of a process also compiles our own code.
    await (await build(job, [], threads)).dispose();
    for (const without of [NOTHING, ...Object.keys(PASSES), EVERYTHING]) {
      const row = await measure(job, without, { threads, rounds, builds });
      rows.push(row);
      onProgress(
        `${row.step} without ${without}: ${row.nodes} nodes for ${row.allNodes}, step ` +
          `${row.stepMs.toFixed(2)} ms for ${row.allStepMs.toFixed(2)}, ${row.gain.toFixed(2)} times`,
      );
    }
  }
  if (resultsFolder !== false)
    await writeResults(resultsFolder, `engine-passes-${threads}-threads`, {
      threads,
      rounds,
      builds,
      results: rows,
    });
  return rows;
}

async function measure(
  job: StepJob,
  without: string,
  { threads, rounds, builds }: { threads: number; rounds: number; builds: number },
): Promise<PassRow> {
  const left = without === EVERYTHING ? Object.keys(PASSES) : without === NOTHING ? [] : [without];
  const sides = [left, []];
  const built: CompiledStep[][] = sides.map(() => []);
  const losses: number[] = [];
  const feeds = job.feeds();
  for (let i = 0; i < builds; i++) {
    for (const [side, names] of sides.entries()) {
      const step = await build(job, names, threads);
      built[side].push(step);
      if (i < builds - 1) await step.dispose();
    }
  }
  const [mine, all] = built.map((steps) => steps[builds - 1]);
  for (const step of [mine, all]) {
    await step.run(feeds);
    await step.run(feeds);
    losses.push(await step.run(feeds));
  }
  const [times, allTimes] = await inTurns(
    [mine, all].map((step) => () => step.run(feeds)),
    rounds,
  );
  await mine.dispose();
  await all.dispose();
  const middle = (side: number, key: 'passesMs' | 'sessionMs'): number =>
    median(built[side].map((step) => step[key]));
  return {
    step: job.name,
    without,
    nodes: mine.nodes,
    allNodes: all.nodes,
    passesMs: middle(0, 'passesMs'),
    allPassesMs: middle(1, 'passesMs'),
    sessionMs: middle(0, 'sessionMs'),
    allSessionMs: middle(1, 'sessionMs'),
    stepMs: median(times),
    allStepMs: median(allTimes),
    gain: median(times.map((time, i) => time / allTimes[i])),
    loss: losses[0],
    allLoss: losses[1],
  };
}

function build(job: StepJob, left: readonly string[], threads: number): Promise<CompiledStep> {
  return compileStep(job.program, new HostState(job.parameters()), { threads, prepare: passesWithout(left) });
}

/**
 * What `optimise` and the lowering do, some passes left out. Dead code stays everywhere where its removal is
 * one of them.
 */
export function passesWithout(left: readonly string[]): (graph: Graph) => Graph {
  const clean = left.includes('removeDeadCode') ? (graph: Graph): Graph => graph : PASSES.removeDeadCode;
  const passes = Object.entries(PASSES)
    .filter(([name]) => !left.includes(name))
    .map(([, pass]) => pass);
  return (graph) => {
    let result = graph;
    for (let round = 0; round < 2; round++) for (const pass of passes) result = clean(pass(result));
    return clean(lowerForCpu(result));
  };
}

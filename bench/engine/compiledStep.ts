/**
 * A training step compiled for the CPU by a way from graph to graph that the caller chooses, with the time of
 * each stage. It does what CpuEngine does, so that the engine itself needs no option for it.
 */
import type { Graph } from '../../lib/src/engine/graph';
import type { HostState } from '../../lib/src/engine/hostState';
import { lowerForCpu } from '../../lib/src/engine/lowering/cpu';
import { optimise } from '../../lib/src/engine/passes';
import { removeDeadCode } from '../../lib/src/engine/passes/deadCode';
import { checkedFeeds, RandomWords } from '../../lib/src/engine/programInputs';
import { GraphOnCpu } from '../../lib/src/engine/providers/graphOnCpu';
import { cpuSession } from '../../lib/src/engine/runtime/cpuSession';
import { traceStep } from '../../lib/src/engine/traceProgram';
import type { Feeds, TrainingProgram } from '../../lib/src/engine/types';
import type { BenchJob } from './jobs';

/** A training step with what it starts from and is fed. */
export type StepJob = Pick<BenchJob, 'name' | 'program' | 'parameters' | 'feeds'>;

export interface CompiledStep {
  /** Nodes of the graph that the session runs. */
  readonly nodes: number;
  readonly traceMs: number;
  /** Passes and lowering. */
  readonly passesMs: number;
  /** Writing the model and building the session from it. */
  readonly sessionMs: number;
  /** One update of the state; returns the loss before it. */
  run(feeds: Feeds): Promise<number>;
  dispose(): Promise<void>;
}

export interface CompileOptions {
  threads: number;
  /** From the traced graph to the one that is written; by default what CpuEngine does. */
  prepare?: (graph: Graph) => Graph;
  /**
   * Path that the file of ONNX Runtime's profiler begins with; the step runs under it then, and the file is
   * whole once it is disposed.
   */
  profile?: string;
}

/** Adds the optimiser's slots to the state if they are absent, as the engine does. */
export async function compileStep(
  program: TrainingProgram,
  state: HostState,
  { threads, prepare = everyPass, profile }: CompileOptions,
): Promise<CompiledStep> {
  state.ensureSlots(program);
  const times = [performance.now()];
  const { graph: traced, sites, blocks } = traceStep(program, state, true);
  times.push(performance.now());
  const graph = prepare(traced);
  times.push(performance.now());
  const session = await cpuSession(graph, program.name, threads, profile);
  times.push(performance.now());
  const [traceMs, passesMs, sessionMs] = times.slice(1).map((time, i) => time - times[i]);
  const compiled = new GraphOnCpu(program.name, session, graph, blocks, new RandomWords(sites, 0));
  return {
    nodes: graph.nodes.length,
    traceMs,
    passesMs,
    sessionMs,
    async run(values) {
      const inputs = checkedFeeds(program.name, program.inputs, values, program.optimizer.feeds);
      const { outputs, commit } = await compiled.run(state, inputs, state.step + 1);
      commit();
      state.step += 1;
      return outputs.loss.data[0];
    },
    dispose: () => compiled.release(),
  };
}

function everyPass(graph: Graph): Graph {
  return removeDeadCode(lowerForCpu(optimise(graph)));
}

/**
 * What the engine makes of a training program, step by step, for the notebook about the engine: the graph as
 * recorded, after the passes, and as ONNX Runtime gets it. Runs nothing; engines compile with the same
 * functions in engine/providers/cpuEngine.ts.
 */
import type { Graph } from '../engine/graph';
import { HostState } from '../engine/hostState';
import { lowerForCpu } from '../engine/lowering/cpu';
import { PASSES } from '../engine/passes';
import { removeDeadCode } from '../engine/passes/deadCode';
import { traceStep } from '../engine/traceProgram';
import type { NamedHostTensors, TrainingProgram } from '../engine/types';

export interface GraphStage {
  readonly name: string;
  readonly nodes: number;
  /** Number of nodes of each operator, the most frequent first. */
  readonly operators: readonly (readonly [operator: string, count: number])[];
  readonly graph: Graph;
}

export interface EngineTour {
  /** Recorded, after all passes, and as the CPU provider runs it. */
  readonly stages: readonly [GraphStage, GraphStage, GraphStage];
  /** Nodes after each pass, in the order in which the passes run. */
  readonly passes: readonly { readonly pass: string; readonly round: number; readonly nodes: number }[];
}

/** How often the engine runs its list of passes (engine/passes/index.ts). */
const ROUNDS = 2;

/**
 * What the engine makes of a training program, step by step: the graph as recorded, after the passes, and as
 * ONNX Runtime gets it. `state` holds the program's parameters; slots of the optimiser are added. Nothing is
 * executed.
 */
export function engineTour(program: TrainingProgram, state: NamedHostTensors): EngineTour {
  const host = new HostState(state);
  host.ensureSlots(program);
  const { graph: recorded } = traceStep(program, host);
  const passes: { pass: string; round: number; nodes: number }[] = [];
  let optimised = recorded;
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [pass, apply] of Object.entries(PASSES)) {
      optimised = removeDeadCode(apply(optimised));
      passes.push({ pass, round, nodes: optimised.nodes.length });
    }
  }
  const lowered = removeDeadCode(lowerForCpu(optimised));
  return {
    stages: [
      stage('recorded', recorded),
      stage('after the passes', optimised),
      stage('for ONNX Runtime', lowered),
    ],
    passes,
  };
}

function stage(name: string, graph: Graph): GraphStage {
  const counts = new Map<string, number>();
  for (const { op } of graph.nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  const operators = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { name, nodes: graph.nodes.length, operators, graph };
}

/**
 * What one run of a program costs, counted on its graph: every operator's arithmetic and memory traffic, and
 * the memory in use at the busiest moment. Nothing is computed or compiled, so programs of any size are
 * counted within a second. For estimates only.
 */
import { type Graph, type Node, sizeOf, type Value } from './graph';
import { halfProducts } from './lowering/halfProducts';
import { optimise } from './passes';
import { slotName, trainedNames } from './step';
import { NEXT, PARAM, traceForward, traceStep } from './traceProgram';
import type { NamedSpecs, Precision, Program, State, TrainingProgram } from './types';
import { bytesOf } from './workingBytes';

/** An operator as a device runs it. */
export interface Kernel {
  /** For products of matrices, with a multiply-add counted as two; 0 for other operators. */
  readonly flop: number;
  /** Read and written in the device's memory. */
  readonly bytes: number;
}

export interface ProgramCost {
  readonly kernels: readonly Kernel[];
  /** Inputs, and all tensors that are still needed, at the busiest moment. */
  readonly peakBytes: number;
  /** Weights and optimiser slots that are read, and their next values that are written. */
  readonly stateBytes: number;
  /** Other inputs and outputs. */
  readonly feedBytes: number;
}

/** Operators that move nothing: their output shares their input's memory. */
const VIEWS = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze']);
/** Operators that read only as much of their first input as they write. */
const PARTIAL_READS = new Set(['Gather', 'GatherND', 'GatherElements', 'Slice']);

/** One training step with `weights`, including the optimiser's slots, and the casts of mixed precision. */
export function trainingCost(
  program: TrainingProgram,
  weights: NamedSpecs,
  precision: Precision = 'single',
): ProgramCost {
  const plain = shapesOnly(weights);
  const slots = trainedNames(program, plain).flatMap((name) =>
    program.optimizer.slots.map((slot) => [slotName(name, slot), weights[name]] as const),
  );
  const state = shapesOnly({ ...weights, ...Object.fromEntries(slots) });
  const graph = optimise(traceStep(program, state).graph);
  return graphCost(precision === 'mixed' ? halfProducts(graph) : graph);
}

/** One forward run with `weights`. */
export function forwardCost(program: Program, weights: NamedSpecs): ProgramCost {
  return graphCost(optimise(traceForward(program, shapesOnly(weights)).graph));
}

/** What tracing needs of a state. */
function shapesOnly(specs: NamedSpecs): State {
  return { specs } as State;
}

function graphCost(graph: Graph): ProgramCost {
  const total = (values: ReadonlyMap<string, Value>, prefix: string, wanted: boolean): number =>
    [...values]
      .filter(([name]) => name.startsWith(prefix) === wanted)
      .reduce((sum, [, value]) => sum + bytesOf(value), 0);
  return {
    kernels: graph.nodes.filter(({ op }) => !VIEWS.has(op)).map(kernelOf),
    peakBytes: peakOf(graph),
    stateBytes: total(graph.inputs, PARAM, true) + total(graph.outputs, NEXT, true),
    feedBytes: total(graph.inputs, PARAM, false) + total(graph.outputs, NEXT, false),
  };
}

function kernelOf(node: Node): Kernel {
  const { op, inputs, outputs } = node;
  const written = outputs.reduce((sum, value) => sum + bytesOf(value), 0);
  const read = PARTIAL_READS.has(op)
    ? written + inputs.slice(1).reduce((sum, value) => sum + bytesOf(value), 0)
    : inputs.reduce((sum, value) => sum + bytesOf(value), 0);
  return { flop: op === 'MatMul' ? productFlop(node) : 0, bytes: read + written };
}

function productFlop({ inputs: [a], outputs: [output], attrs }: Node): number {
  const inner = a.shape[a.shape.length - (attrs.transA ? 2 : 1)];
  return 2 * inner * sizeOf(output.shape);
}

/** Inputs, constants and outputs stay. An intermediate tensor stays until its last reader. */
function peakOf(graph: Graph): number {
  const memoryOf = new Map<Value, Value>();
  const owner = (value: Value): Value => memoryOf.get(value) ?? value;
  const lastUse = new Map<Value, number>();
  graph.nodes.forEach(({ op, inputs, outputs }, at) => {
    if (VIEWS.has(op)) memoryOf.set(outputs[0], owner(inputs[0]));
    for (const value of [...inputs, ...outputs]) lastUse.set(owner(value), at);
  });
  for (const value of graph.outputs.values()) lastUse.set(owner(value), Infinity);
  let live = [...graph.inputs.values(), ...graph.constants.keys()].reduce((sum, v) => sum + bytesOf(v), 0);
  let peak = live;
  const made = new Set<Value>();
  graph.nodes.forEach(({ inputs, outputs }, at) => {
    for (const value of outputs) {
      if (memoryOf.has(value)) continue;
      made.add(value);
      live += bytesOf(value);
    }
    peak = Math.max(peak, live);
    for (const value of new Set([...inputs, ...outputs].map(owner))) {
      if (lastUse.get(value) !== at || !made.delete(value)) continue;
      live -= bytesOf(value);
    }
  });
  return peak;
}

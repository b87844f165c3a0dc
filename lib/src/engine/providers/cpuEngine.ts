/**
 * The compiled engine on ONNX Runtime's CPU provider: runs the passes, builds a session, and feeds and
 * fetches the state in place.
 */
import { availableParallelism } from 'node:os';
import * as ort from '../runtime/onnxRuntime';
import type { Graph } from '../graph';
import { HostState } from '../hostState';
import { lowerForCpu } from '../lowering/cpu';
import { removeDeadCode } from '../passes/deadCode';
import type { RandomWords } from '../programInputs';
import { cpuSession } from '../runtime/cpuSession';
import type { TracedStep } from '../traceProgram';
import type { EngineOptions, NamedHostTensors, State } from '../types';
import { CompiledEngine } from './compiledEngine';
import { GraphOnCpu } from './graphOnCpu';
import { precisionText } from './precision';

export class CpuEngine extends CompiledEngine<HostState> {
  readonly provider = 'cpu';
  readonly description: string;
  private readonly threads: number;

  constructor(options: EngineOptions, why = '') {
    super(HostState, true, options);
    const { threads = availableParallelism() } = options;
    this.threads = threads;
    const count = `${threads} thread${threads === 1 ? '' : 's'}`;
    this.description = `cpu: ONNX Runtime ${ort.env.versions.node}, ${count}${precisionText(options)}${why}`;
  }

  createState(tensors: NamedHostTensors): State {
    return new HostState(tensors);
  }

  protected async open(
    name: string,
    optimised: Graph,
    blocks: TracedStep['blocks'],
    random: RandomWords,
  ): Promise<GraphOnCpu> {
    const graph = removeDeadCode(lowerForCpu(optimised));
    return new GraphOnCpu(name, await cpuSession(graph, name, this.threads), graph, blocks, random);
  }
}

/**
 * The program's context while it is being traced: dropout and uniform numbers as operators on fed random
 * words.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../graph';
import { newValue, sizeOf } from '../graph';
import type { RandomSite } from '../random';
import { dropThreshold, nearSquare } from '../random';
import { recomputed } from '../recomputed';
import type { NamedTensors, ProgramContext } from '../types';
import { traceBackend } from './backend';
import type { Recorder } from './recorder';

/** Name of the graph's input that carries the words of all sites in order. */
export const RANDOM_INPUT = '/random';

export class TraceContext implements ProgramContext {
  readonly sites: RandomSite[] = [];
  /** For each site, placeholders for its parts of the fed words, until their number is known. */
  private readonly words: Value[][] = [];

  constructor(
    protected readonly g: Recorder,
    readonly training: boolean,
  ) {}

  dropout<T extends Tensor>(x: T, rate: number): T {
    if (!this.training || rate === 0) return x;
    const [rows, columns] = nearSquare(x.size);
    const [ofRows, ofColumns] = this.site('dropout', x.size, [rows, columns]);
    const g = this.g;
    const product = g.elementwise('Mul', [g.reshape(ofRows, [rows, 1]), g.reshape(ofColumns, [1, columns])]);
    const kept = g.elementwise(
      'GreaterOrEqual',
      [product, g.scalarLike(product, dropThreshold(rate))],
      'bool',
    );
    // A cast is cheaper than a choice between two numbers (Where), and a product before or after it can
    // absorb the scale. ONNX's own Dropout costs more than all of this.
    const mask = tensorOf(g.reshape(g.cast(kept, 'float32'), x.shape));
    return tf.mul(tf.mul(x, mask), 1 / (1 - rate)) as T;
  }

  uniform(shape: readonly number[]): Tensor {
    const size = sizeOf(shape);
    const [words] = this.site('uniform', size, [size]);
    return tf.reshape(tf.mul(tensorOf(this.g.cast(words, 'float32')), 2 ** -24), [...shape]);
  }

  recomputed(x: Tensor, params: NamedTensors, part: Part): Tensor {
    if (!this.training) return part(x, params, this);
    const before = this.words.length;
    return recomputed(
      x,
      params,
      (x, params) => part(x, params, this),
      (x, params, nothing) => part(x, params, new Again(this.g, this.words.slice(before), nothing)),
    );
  }

  /** Declares the input of random words and cuts it into the sites' parts. Call once, after the program. */
  finish(): void {
    if (this.sites.length === 0) return;
    const words = this.words.flat();
    const sizes = words.map(({ shape: [size] }) => size);
    const total = sizes.reduce((a, b) => a + b, 0);
    const input = this.g.input(RANDOM_INPUT, [total], 'int32');
    const split = { op: 'Split', inputs: [input], outputs: words, attrs: { sizes, axis: 0 } };
    this.g.graph.nodes.unshift(split);
  }

  /** The words of a new site in the order that fillWords writes them, in parts of these sizes. */
  protected site(kind: RandomSite['kind'], size: number, parts: readonly number[]): readonly Value[] {
    this.sites.push({ kind, site: this.sites.length, size });
    const words = parts.map((count) => newValue([count], 'int32'));
    this.words.push(words);
    return words;
  }
}

type Part = Parameters<ProgramContext['recomputed']>[2];

/**
 * The context of a part that is recomputed: it draws the words of the first computation, which begin at site
 * `drawn`. They wait for `nothing`, because the masks made from them are as large as what is not kept.
 */
class Again extends TraceContext {
  private next = 0;

  constructor(
    g: Recorder,
    private readonly drawn: readonly (readonly Value[])[],
    private readonly nothing: Tensor,
  ) {
    super(g, true);
  }

  /** What is recomputed is recomputed only once. */
  override recomputed(x: Tensor, params: NamedTensors, part: Part): Tensor {
    return part(x, params, this);
  }

  protected override site(): readonly Value[] {
    const nothing = this.g.cast(traceBackend.recorded(this.nothing), 'int32');
    return this.drawn[this.next++].map((words) => this.g.elementwise('Add', [words, nothing]));
  }
}

/** A recorded value as a tensor that ops accept, while tracing. */
export function tensorOf(value: Value): Tensor {
  return tf.engine().makeTensorFromTensorInfo(traceBackend.infoOf(value));
}

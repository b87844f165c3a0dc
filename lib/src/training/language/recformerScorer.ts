/**
 * RECFORMER as a ranker: user vectors from the encoder, cosine with the item table, both read from one engine
 * state. Used for validation during fine-tuning and for REC's test. The users of each split are encoded once
 * per state of the weights.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type EvaluationSplit, history } from '../../data/splits';
import type { Dataset } from '../../data/types';
import type { CompiledProgram, Engine, Program, State } from '../../engine/types';
import type { Scorer } from '../../evaluation/scorer';
import type { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { similarity, unitRows } from '../../models/recformer/similarity';
import { type InputLimits, type ItemTokens, sequenceInput } from '../../text/recformerInput';
import { ITEM_TABLE } from './finetuningProgram';

const BATCH = 128;

export class RecformerScorer implements Scorer {
  readonly name = 'RECFORMER';
  private program?: CompiledProgram;
  private readonly vectors = new Map<EvaluationSplit, Float32Array>();

  constructor(
    private readonly engine: Engine,
    private readonly state: State,
    private readonly encoder: SequenceEncoder,
    private readonly dataset: Dataset,
    private readonly itemTokens: readonly ItemTokens[],
    private readonly cls: number,
    private readonly limits: InputLimits,
  ) {}

  /** Call this when the weights have changed. */
  forget(): void {
    this.vectors.clear();
  }

  async scores(split: EvaluationSplit, first: number, count: number): Promise<Float32Array> {
    const d = this.encoder.config.hidden;
    const width = this.dataset.items + 1;
    const users = await this.users(split);
    this.program ??= await this.engine.compile(scoringProgram(BATCH, d), this.state);
    const out = new Float32Array(count * width);
    for (let at = 0; at < count; at += BATCH) {
      const size = Math.min(BATCH, count - at);
      const vectors = new Float32Array(BATCH * d);
      vectors.set(users.subarray((first + at) * d, (first + at + size) * d));
      const { scores } = await this.program.run({ vectors });
      out.set((scores.data as Float32Array).subarray(0, size * width), at * width);
    }
    return out;
  }

  async dispose(): Promise<void> {
    this.program?.dispose();
  }

  private async users(split: EvaluationSplit): Promise<Float32Array> {
    let vectors = this.vectors.get(split);
    if (vectors === undefined) {
      const sequences = Array.from(this.dataset.evaluationUsers, (row) =>
        sequenceInput(
          Array.from(history(this.dataset, row, split), (id) => this.itemTokens[id - 1]),
          this.cls,
          this.limits,
        ),
      );
      this.vectors.set(split, (vectors = await this.encoder.encode(sequences)));
    }
    return vectors;
  }
}

/** Program: scores [users, items + 1] of user vectors against the item table; column 0 (padding) is 0. */
export function scoringProgram(users: number, dim: number): Program {
  return {
    name: `score ${users} users`,
    inputs: { vectors: { shape: [users, dim], dtype: 'float32' } },
    outputs: (params, { vectors }) => ({
      scores: similarity(vectors as Tensor2D, unitRows(params[ITEM_TABLE])),
    }),
  };
}

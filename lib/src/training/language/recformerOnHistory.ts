/**
 * RECFORMER on one user's history: the scores of all items, and what `<s>` attends to meanwhile. For looking
 * at one user; recformerScorer.ts ranks all users at once.
 */
import type { Engine } from '../../engine/types';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import type { LanguageModel } from '../../models/languageModel';
import { type FirstTokenAttention, firstTokenAttention } from '../../models/recformer/firstTokenAttention';
import type { ItemTable } from '../../text/itemTable';
import type { SequenceTokens } from '../../text/recformerInput';
import { ITEM_TABLE } from './finetuningProgram';
import { scoringProgram } from './recformerScorer';

export interface OnHistory {
  /** [items + 1]: the score of item id i at index i; index 0 is no item. */
  readonly scores: Float32Array;
  readonly attention: FirstTokenAttention;
}

/** `table`: the items as the model ranks them, row 0 padding. `sequence`: the user's input. */
export async function recformerOnHistory(
  engine: Engine,
  { config, padToken, weights }: LanguageModel,
  { rows, dim, data }: ItemTable,
  sequence: SequenceTokens,
): Promise<OnHistory> {
  const state = engine.createState({
    ...weights,
    [ITEM_TABLE]: { shape: [rows, dim], dtype: 'float32', data },
  });
  const encoder = new SequenceEncoder(engine, state, config, { padToken });
  try {
    const vectors = await encoder.encode([sequence]);
    const program = await engine.compile(scoringProgram(1, dim), state);
    const { scores } = await program.run({ vectors });
    return {
      scores: Float32Array.from(scores.data),
      attention: await firstTokenAttention(engine, state, config, sequence, padToken),
    };
  } finally {
    await encoder.dispose();
    state.dispose();
  }
}

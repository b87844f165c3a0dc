/**
 * RECFORMER on one domain, for fine-tuning and for ranking: an engine state with its weights and an item
 * table, and what encodes and ranks with them.
 */
import type { NamedHostTensors, State } from '../../engine/types';
import { InputError } from '../../errors';
import { evaluate, type Evaluation } from '../../evaluation/evaluate';
import type { EvaluateOptions } from '../../evaluation/options';
import type { EncoderConfig } from '../../models/encoder/config';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { type ItemTable, withPaddingRow } from '../../text/itemTable';
import { type InputLimits, singleItemInput } from '../../text/recformerInput';
import { checkRecformerInputs } from './checkInputs';
import type { FinetuneInput } from './finetuneOptions';
import { ITEM_TABLE } from './finetuningProgram';
import { RecformerScorer } from './recformerScorer';

export interface RecformerStage {
  readonly state: State;
  /** Encodes every item with the current weights: the item table (method 6.3). */
  encodeItems(): Promise<Float32Array>;
  readTable(): Promise<ItemTable>;
  /** Ranks with the current weights and table. */
  evaluate(options: EvaluateOptions): Promise<Evaluation>;
  close(): Promise<void>;
}

/** @throws InputError if model, tokens and limits do not fit together. */
export function openStage(input: FinetuneInput, limits: InputLimits): RecformerStage {
  const { engine, dataset, model, cls, itemTokens, signal } = input;
  checkInput(input, limits);
  const { config, padToken } = model;
  const state = engine.createState({ ...model.weights, ...emptyTable(dataset.items, config) });
  const encoder = new SequenceEncoder(engine, state, config, { padToken });
  const singles = itemTokens.map((item) => singleItemInput(item, cls, limits));
  const scorer = new RecformerScorer(engine, state, encoder, dataset, itemTokens, cls, limits);
  return {
    state,
    encodeItems: async () => withPaddingRow(await encoder.encode(singles), dataset.items, config.hidden).data,
    async readTable() {
      const { shape, data } = await state.read(ITEM_TABLE);
      return { rows: shape[0], dim: shape[1], data: data as Float32Array };
    },
    evaluate(options) {
      scorer.forget();
      return evaluate(dataset, scorer, { signal, ...options });
    },
    async close() {
      await encoder.dispose();
      await scorer.dispose();
      state.dispose();
    },
  };
}

function checkInput({ dataset, model, itemTokens }: FinetuneInput, limits: InputLimits): void {
  const where = `fine-tuning on ${dataset.name}`;
  if (itemTokens.length !== dataset.items)
    throw new InputError(where, `expected tokens of ${dataset.items} items, got ${itemTokens.length}`);
  checkRecformerInputs(where, model.config, limits, itemTokens);
}

function emptyTable(items: number, { hidden }: EncoderConfig): NamedHostTensors {
  const data = new Float32Array((items + 1) * hidden);
  return { [ITEM_TABLE]: { shape: [items + 1, hidden], dtype: 'float32', data } };
}

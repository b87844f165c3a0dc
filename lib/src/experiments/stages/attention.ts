/**
 * Stage: what `<s>` attends to in a language model (Figure 1; method 6.10), for sequences of three items: the
 * maps of the first one, and the statistics of the strata averaged over several.
 */
import { history } from '../../data/splits';
import type { Dataset } from '../../data/types';
import { createEngine } from '../../engine/engine';
import { InputError } from '../../errors';
import {
  attentionStatistics,
  firstTokenAttention,
  type AttentionStatistics,
} from '../../models/recformer/firstTokenAttention';
import { INPUT_LIMITS, sequenceInput, type InputLimits } from '../../text/recformerInput';
import type { StageFunction } from '../../pipeline/stage';
import { providerOf } from './providerOf';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { loadItemTokens, type ItemTokensFacts } from './storedItemTokens';
import { loadModel, type ModelFacts } from './storedModel';
import { storedTokenizer, type TokenizerFacts } from './storedTokenizer';

/** Items of a sequence, as in the paper's figure. */
const ITEMS = 3;

export interface AttentionConfig {
  limits: Partial<InputLimits>;
  /** Sequences over which the statistics are averaged. */
  sequences: number;
}

export interface AttentionFacts {
  sequences: number;
  layers: number;
  heads: number;
  /**
   * Tokens of the first sequence as the vocabulary writes them, and the item of each (0 is `<s>`, 1 the
   * newest).
   */
  tokens: string[];
  items: number[];
  statistics: Pick<AttentionStatistics, 'similarityWithin' | 'firstTokenShare' | 'recencyShare'> & {
    similarityBetween: number;
  };
}

export interface AttentionInputs {
  dataset: DatasetFacts;
  model: ModelFacts;
  tokenizer: TokenizerFacts;
  tokens: ItemTokensFacts;
}

export const run: StageFunction<AttentionConfig, AttentionFacts, AttentionInputs> = async (
  { limits: given, sequences },
  inputs,
  context,
) => {
  const { threads, signal, progress } = context;
  const limits = { ...INPUT_LIMITS, ...given };
  const newest = newestItems(loadDataset(inputs.dataset), sequences);
  const tokenizer = await storedTokenizer(inputs.tokenizer);
  const model = loadModel(inputs.model);
  const { cls, itemTokens } = loadItemTokens(inputs.tokens);
  const chosen = newest.map((items) =>
    sequenceInput(
      items.map((id) => itemTokens[id - 1]),
      cls,
      limits,
    ),
  );
  const engine = await createEngine({ provider: providerOf(context), threads });
  const state = engine.createState(model.weights);
  try {
    const maps = [];
    for (const [index, sequence] of chosen.entries()) {
      signal.throwIfAborted();
      maps.push(await firstTokenAttention(engine, state, model.config, sequence, model.padToken));
      progress((index + 1) / chosen.length, `sequence ${index + 1} of ${chosen.length}`);
    }
    const statistics = maps.map((map, index) => attentionStatistics(map, chosen[index]));
    const [{ layers, heads, tokens, data }] = maps;
    const json: AttentionFacts = {
      sequences: chosen.length,
      layers,
      heads,
      tokens: Array.from(chosen[0].tokens, (id) => tokenizer.tokens[id] ?? '?'),
      items: [...chosen[0].itemPositions],
      statistics: {
        similarityWithin: meanOf(statistics.map((s) => s.similarityWithin)),
        similarityBetween: mean(
          statistics.map((s) => mean(s.similarityBetween.map(({ similarity }) => similarity))),
        ),
        firstTokenShare: meanOf(statistics.map((s) => s.firstTokenShare)),
        recencyShare: meanOf(statistics.map((s) => s.recencyShare)),
      },
    };
    return {
      json,
      arrays: { attention: { shape: [layers, heads, tokens], dtype: 'float32', data } },
    };
  } finally {
    state.dispose();
    await engine.dispose();
  }
};

/**
 * The last three items of the test histories of the first evaluation users that have so many.
 * @throws InputError if no user has.
 */
function newestItems(dataset: Dataset, count: number): number[][] {
  const histories = Array.from(dataset.evaluationUsers, (row) => Array.from(history(dataset, row, 'test')));
  const longEnough = histories.filter((items) => items.length >= ITEMS);
  if (longEnough.length === 0)
    throw new InputError(
      `attention, ${dataset.name}`,
      `expected an evaluation user with ${ITEMS} items before the test item, got none of ${histories.length}`,
      'Leave this domain out of attention.domains, or Figure 1 out of the run (--set "attention.domains=[]")',
    );
  return longEnough.slice(0, count).map((items) => items.slice(-ITEMS));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Mean of each entry over several lists of equal length. */
function meanOf(lists: readonly (readonly number[])[]): number[] {
  return lists[0].map((_, i) => mean(lists.map((list) => list[i])));
}

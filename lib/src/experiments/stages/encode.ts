/** Stage: the item table of a language model (reference.md 6.3), LF or PT. */
import { createEngine } from '../../engine/engine';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { tokenizeItems, withPaddingRow } from '../../text';
import { INPUT_LIMITS, singleItemInput, type InputLimits } from '../../text/recformerInput';
import type { StageFunction } from '../stage';
import { storedTokenizer } from './language';
import { loadDataset } from './storedDataset';
import { loadModel } from './storedModel';
import { storeTable } from './storedTable';

export interface EncodeConfig {
  limits: Partial<InputLimits>;
}

export const run: StageFunction = async (config, inputs, { threads }) => {
  const limits = { ...INPUT_LIMITS, ...(config as unknown as EncodeConfig).limits };
  const tokenizer = await storedTokenizer(inputs.tokenizer);
  const { itemTexts, items } = loadDataset(inputs.dataset);
  const model = loadModel(inputs.model);
  const engine = await createEngine({ provider: 'cpu', threads });
  const state = engine.createState(model.weights);
  const encoder = new SequenceEncoder(engine, state, model.config, { padToken: model.padToken });
  try {
    const sequences = tokenizeItems(itemTexts, tokenizer, limits).map((item) => singleItemInput(item, tokenizer.special.cls, limits));
    return storeTable(withPaddingRow(await encoder.encode(sequences), items, model.config.hidden), { source: 'language model' });
  } finally {
    await encoder.dispose();
    state.dispose();
    await engine.dispose();
  }
};

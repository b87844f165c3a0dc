/** Stage: the item table of a language model (method 6.3), LF or PT. */
import { createEngine } from '../../engine/engine';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { withPaddingRow } from '../../text/itemTable';
import { INPUT_LIMITS, singleItemInput, type InputLimits } from '../../text/recformerInput';
import type { StageFunction } from '../../pipeline/stage';
import { loadItemTokens } from './storedItemTokens';
import { loadModel } from './storedModel';
import { storeTable } from './storedTable';

export interface EncodeConfig {
  limits: Partial<InputLimits>;
}

export const run: StageFunction = async (config, inputs, { threads }) => {
  const limits = { ...INPUT_LIMITS, ...(config as unknown as EncodeConfig).limits };
  const { cls, itemTokens } = loadItemTokens(inputs.tokens);
  const model = loadModel(inputs.model);
  const engine = await createEngine({ provider: 'cpu', threads });
  const state = engine.createState(model.weights);
  const encoder = new SequenceEncoder(engine, state, model.config, { padToken: model.padToken });
  try {
    const sequences = itemTokens.map((item) => singleItemInput(item, cls, limits));
    return storeTable(
      withPaddingRow(await encoder.encode(sequences), itemTokens.length, model.config.hidden),
      { source: 'language model' },
    );
  } finally {
    await encoder.dispose();
    state.dispose();
    await engine.dispose();
  }
};

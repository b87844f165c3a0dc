/** Stage: the item table of a language model (method 6.3), LF or PT. */
import { createEngine } from '../../engine/engine';
import { SequenceEncoder } from '../../models/encoder/sequenceEncoder';
import { withPaddingRow } from '../../text/itemTable';
import { INPUT_LIMITS, singleItemInput, type InputLimits } from '../../text/recformerInput';
import type { StageFunction } from '../../pipeline/stage';
import { providerOf } from './providerOf';
import { loadItemTokens, type ItemTokensFacts } from './storedItemTokens';
import { loadModel, type ModelFacts } from './storedModel';
import { storeTable, type TableFacts } from './storedTable';

export interface EncodeConfig {
  limits: Partial<InputLimits>;
}

export const run: StageFunction<
  EncodeConfig,
  TableFacts,
  { model: ModelFacts; tokens: ItemTokensFacts }
> = async (config, inputs, context) => {
  const limits = { ...INPUT_LIMITS, ...config.limits };
  const { cls, itemTokens } = loadItemTokens(inputs.tokens);
  const model = loadModel(inputs.model);
  const engine = await createEngine({ provider: providerOf(context), threads: context.threads });
  const state = engine.createState(model.weights);
  const encoder = new SequenceEncoder(engine, state, model.config, { padToken: model.padToken });
  try {
    const sequences = itemTokens.map((item) => singleItemInput(item, cls, limits));
    return storeTable(
      withPaddingRow(await encoder.encode(sequences), itemTokens.length, model.config.hidden),
      'language model',
    );
  } finally {
    await encoder.dispose();
    state.dispose();
    await engine.dispose();
  }
};

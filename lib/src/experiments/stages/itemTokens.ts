/** Stage: the tokens of all items of a domain (method 3.1), which every language stage on it takes. */
import { tokenizeItems } from '../../text/itemTokens';
import { INPUT_LIMITS } from '../../text/recformerInput';
import type { StageFunction } from '../../pipeline/stage';
import { loadDataset, type DatasetFacts } from './storedDataset';
import { storeItemTokens, type ItemTokensFacts } from './storedItemTokens';
import { storedTokenizer, type TokenizerFacts } from './storedTokenizer';

export interface ItemTokensConfig {
  maxAttributeLength: number;
}

export const run: StageFunction<
  ItemTokensConfig,
  ItemTokensFacts,
  { dataset: DatasetFacts; tokenizer: TokenizerFacts }
> = async ({ maxAttributeLength }, inputs) => {
  const tokenizer = await storedTokenizer(inputs.tokenizer);
  const { itemTexts } = loadDataset(inputs.dataset);
  return storeItemTokens(
    tokenizeItems(itemTexts, tokenizer, { ...INPUT_LIMITS, maxAttributeLength }),
    tokenizer.special.cls,
  );
};

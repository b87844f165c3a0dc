/** The tokenizer that the stages "tokenizer" and "givenTokenizer" store. */
import { type JsonObject, type Tokenizer, tokenizerFromJson } from '../../text/tokenizer';
import type { StageResult } from '../../pipeline/stage';

/** The contents of tokenizer.json and tokenizer_config.json. */
export interface TokenizerFacts {
  tokenizer: JsonObject;
  config?: JsonObject;
}

export function storedTokenizer({ json }: StageResult<TokenizerFacts>): Promise<Tokenizer> {
  return tokenizerFromJson(json.tokenizer, json.config);
}

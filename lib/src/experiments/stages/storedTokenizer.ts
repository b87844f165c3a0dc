/** The tokenizer that the stages "tokenizer" and "givenTokenizer" leave. */
import { type JsonObject, type Tokenizer, tokenizerFromJson } from '../../text/tokenizer';
import type { StageResult } from '../../pipeline/stage';

export function storedTokenizer(result: StageResult): Promise<Tokenizer> {
  const { tokenizer, config } = result.json as unknown as { tokenizer: JsonObject; config?: JsonObject };
  return tokenizerFromJson(tokenizer, config);
}

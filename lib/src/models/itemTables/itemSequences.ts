/**
 * Items as inputs of a language model: RECFORMER's attribute form for windowed models (method 3.2), and
 * `[CLS] text [SEP]` for sentence encoders such as MiniLM, which were trained on plain text.
 */
import type { ItemText } from '../../data/types';
import { InputError } from '../../errors';
import { tokenizeItems } from '../../text/itemTokens';
import { INPUT_LIMITS, itemAttributes, singleItemInput, TOKEN_TYPES } from '../../text/recformerInput';
import { MAX_CHARACTERS, type Tokenizer } from '../../text/tokenizer';
import { checkTokenizer } from '../encoder/checkTokenizer';
import type { EncoderConfig } from '../encoder/config';
import type { EncoderSequence } from '../encoder/packing';
import type { LanguageModel } from '../languageModel';

/** The parts of a model that decide how a text becomes its input. */
export type TextModel = Pick<LanguageModel, 'config' | 'maxTokens' | 'lowerCase' | 'prompt'>;

export interface ItemInputs {
  /** One per item, in the order of the texts. */
  sequences: EncoderSequence[];
  /** Number of items that were cut because they are longer than the model's input. */
  cut: number;
  /** What an input can hold, for messages. */
  limit: string;
}

/** The two tokens [CLS] and [SEP]. */
const AROUND = 2;
/** When a text is cut to a number of tokens, this many characters per token are read. */
const CHARACTERS_PER_TOKEN = 16;

/**
 * Items as token sequences for a language model: RECFORMER's attribute form for windowed models, plain text
 * for sentence encoders. `maxTokens`: most tokens of an input, including special ones; by default the model's
 * own limit.
 * @throws InputError if tokenizer and model do not belong together, or the model cannot read that many.
 */
export function itemInputs(
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  model: TextModel,
  maxTokens?: number,
): ItemInputs {
  checkTokenizer(tokenizer, model.config);
  const most = tokenLimit(model, maxTokens);
  return model.config.attention === 'window'
    ? attributeInputs(texts, tokenizer, model.config, most)
    : plainInputs(texts, tokenizer, model, most);
}

/** Most tokens of an input, including special ones. @throws InputError for more than the model can read. */
export function tokenLimit({ config, maxTokens }: TextModel, asked?: number): number {
  const positions = config.positions - config.positionOffset;
  if (asked !== undefined && (!Number.isInteger(asked) || asked <= AROUND || asked > positions))
    throw new InputError(
      'maxTokens (--max-tokens)',
      `expected ${AROUND + 1} to ${positions}, as many as the model has positions, got ${asked}`,
    );
  const usual = config.attention === 'window' ? INPUT_LIMITS.maxTokens : (maxTokens ?? positions);
  return asked ?? Math.min(usual, positions);
}

function attributeInputs(
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  { tokenTypes, itemPositions }: EncoderConfig,
  maxTokens: number,
): ItemInputs {
  if (tokenTypes <= TOKEN_TYPES.value || itemPositions < 2) {
    throw new InputError(
      'items',
      'expected a model with token types for names and values and with item positions, got ' +
        `${tokenTypes} token types and ${itemPositions} item positions`,
      'A published Longformer is made one with toRecformer',
    );
  }
  const { maxAttributeLength } = INPUT_LIMITS;
  const remembering = remember(tokenizer);
  const items = tokenizeItems(texts, remembering);
  const isCut = (text: ItemText, i: number): boolean =>
    items[i].tokens.length >= maxTokens ||
    itemAttributes(text).some(
      ([name, value]) =>
        remembering.encode(name).length + remembering.encode(value).length > maxAttributeLength,
    );
  return {
    sequences: items.map((item) =>
      singleItemInput(item, tokenizer.special.cls, { ...INPUT_LIMITS, maxTokens }),
    ),
    cut: texts.filter(isCut).length,
    limit: `${maxAttributeLength} tokens per attribute, ${maxTokens} in all`,
  };
}

function plainInputs(
  texts: readonly ItemText[],
  tokenizer: Tokenizer,
  { lowerCase = false, prompt = '' }: TextModel,
  maxTokens: number,
): ItemInputs {
  const { cls, sep } = tokenizer.special;
  const room = maxTokens - AROUND;
  const characters = Math.max(MAX_CHARACTERS, CHARACTERS_PER_TOKEN * maxTokens);
  let cut = 0;
  const sequences = texts.map((item) => {
    const text = prompt + plainText(item);
    const tokens = tokenizer.encode(lowerCase ? text.toLowerCase() : text, characters);
    if (tokens.length > room || text.length > characters) cut++;
    return { tokens: Int32Array.from([cls, ...tokens.slice(0, room), sep]) };
  });
  return { sequences, cut, limit: `${maxTokens} tokens` };
}

/** Names and brands repeat: each distinct string is tokenised once. */
function remember(tokenizer: Tokenizer): Tokenizer {
  const known = new Map<string, number[]>();
  const encode = (text: string): number[] => {
    let tokens = known.get(text);
    if (tokens === undefined) known.set(text, (tokens = tokenizer.encode(text)));
    return tokens;
  };
  return { ...tokenizer, encode };
}

/** Title, brand and category that are not empty, joined by spaces. */
function plainText({ title, brand, category }: ItemText): string {
  return [title, brand, category].filter((part) => part !== '').join(' ');
}

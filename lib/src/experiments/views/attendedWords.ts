/** The attention of `<s>` by word: the shares of a word's tokens are added up. */
import type { FirstTokenAttention } from '../../models/recformer/firstTokenAttention';
import { TOKEN_TYPES, type SequenceTokens } from '../../text/recformerInput';
import type { Tokenizer } from '../../text';
import type { AttendedWord, UserAttention } from './user';

export function attendedWords(
  { tokens, types, itemPositions }: SequenceTokens,
  attention: FirstTokenAttention,
  place: Pick<UserAttention, 'layer' | 'head'>,
  tokenizer: Pick<Tokenizer, 'tokens' | 'kind'>,
): AttendedWord[] {
  const shares = sharesAt(attention, place);
  const words: { word: string; item: number; named: boolean; share: number }[] = [];
  tokens.forEach((id, i) => {
    const token = tokenizer.tokens[id] ?? '?';
    const samePart = i > 0 && types[i] === types[i - 1] && itemPositions[i] === itemPositions[i - 1];
    const text = withoutMark(token, tokenizer.kind);
    if (samePart && goesOn(token, tokenizer.kind)) {
      const word = words[words.length - 1];
      word.word += text;
      word.share += shares[i];
    } else
      words.push({
        word: text,
        item: itemPositions[i],
        named: types[i] === TOKEN_TYPES.name,
        share: shares[i],
      });
  });
  return words.map((word) => ({ ...word, share: Number(word.share.toFixed(5)) }));
}

/** True for a token within a word. */
function goesOn(token: string, kind: Tokenizer['kind']): boolean {
  return kind === 'pieces' ? token.startsWith('##') : !/^[Ġ▁]/.test(token);
}

function withoutMark(token: string, kind: Tokenizer['kind']): string {
  return kind === 'pieces' ? token.replace(/^##/, '') : token.replace(/^[Ġ▁]/, '');
}

/** [tokens], of one head or the mean of all. */
function sharesAt(
  { heads, tokens, data }: FirstTokenAttention,
  { layer, head }: Pick<UserAttention, 'layer' | 'head'>,
): number[] {
  const chosen = head === 'mean' ? Array.from({ length: heads }, (_, h) => h) : [head];
  return Array.from(
    { length: tokens },
    (_, i) => chosen.reduce((sum, h) => sum + data[(layer * heads + h) * tokens + i], 0) / chosen.length,
  );
}
